"""What the contenders run, in the form that their tools want."""
