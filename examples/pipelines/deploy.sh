#!/bin/sh
# A whole deploy for anything that can run a shell: a server's cron, Jenkins, a terminal.
#   deploy.sh ENVIRONMENT COMMIT COMMAND [ARGUMENT...]
# Ends as the verdict does: 0 promoted, 10 bad (rolled back, or loudly not), 20 nothing proven, 4 nothing was begun.
set -eu

environment=$1 commit=$2
shift 2

status=0
smoke guard "$environment" --sha "$commit" -- "$@" || status=$?

case $status in
    0) echo "$environment serves $commit" ;;
    10) echo "$commit was bad; see reports/$environment/" >&2 ;;
    *) echo "nothing is proven about $commit; see reports/$environment/" >&2 ;;
esac
exit "$status"
