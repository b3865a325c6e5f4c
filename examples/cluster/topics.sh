#!/bin/sh
# Makes the two topics on three brokers: topics.sh BROKER:PORT. The first holds the records for a week, longer than the joiners or the database are ever
# away; the second the few lines that the database refuses, for as long as there is room.
set -eu
for topic in tac8-records tac8-records-refused; do
    if [ "$topic" = tac8-records ]; then keep=604800000; else keep=-1; fi
    # A record counts when two of three brokers have it, and none that has missed one may speak for the others.
    kafka-topics.sh --bootstrap-server "$1" --create --topic "$topic" --partitions 12 --replication-factor 3 \
        --config min.insync.replicas=2 --config unclean.leader.election.enable=false \
        --config cleanup.policy=delete --config "retention.ms=$keep" --config message.timestamp.type=LogAppendTime --config max.message.bytes=8388608
done
