#!/bin/sh
# The whole way on the example files: spool files in, answers out. Everything lies in var/demo, and is made anew each time.
set -eu
CDPATH='' cd -- "$(dirname "$0")/.."
export TAC8_SPOOL_DIR=var/demo/spool TAC8_EXTERNAL_DIR=var/demo/external TAC8_LOCAL_DIR=var/demo/local
export TAC8_CONVERSATIONS_DIR=examples
# Its answers stand below each other, and nobody has to leave a pager in between.
export PAGER=cat
rm -rf var/demo
mkdir -p var/demo/external

show() {
    printf '\n$'
    for word in "$@"; do
        case $word in
            *[\ \']*) printf ' "%s"' "$word" ;;
            *) printf ' %s' "$word" ;;
        esac
    done
    printf '\n'
    "$@"
}

show ./tac8 volume init var/demo/external
show ./tac8 ingest examples/*.jsonl
show ./tac8 cost --by task
show ./tac8 why gh-451 --zone UTC
show ./tac8 worker w-def456 --show-conversation --zone UTC
show ./tac8 quarantine list
