"""The status page: what the history holds, on one page that needs nothing else."""
