#!/bin/sh
# Makes the two topics: topics.sh BROKER:PORT [TOPIC [COPIES [BYTES]]], of three brokers and for lines of 4 MiB at most if nothing else is said. The first
# holds the records for a week, longer than the joiners or the database are ever away; the second the few lines that the database refuses, for as long as
# there is room.
set -eu
records=${2:-tac8-records}
copies=${3:-3}
for topic in "$records" "$records-refused"; do
    if [ "$topic" = "$records" ]; then keep=604800000; else keep=-1; fi
    # A record counts when two brokers have it, if there are two, and none that has missed one may speak for the others.
    kafka-topics.sh --bootstrap-server "$1" --create --if-not-exists --topic "$topic" --partitions 12 --replication-factor "$copies" \
        --config "min.insync.replicas=$((copies < 2 ? copies : 2))" --config unclean.leader.election.enable=false \
        --config cleanup.policy=delete --config "retention.ms=$keep" --config message.timestamp.type=LogAppendTime --config "max.message.bytes=${4:-8388608}"
done
