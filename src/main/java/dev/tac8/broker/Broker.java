package dev.tac8.broker;

import dev.tac8.query.Table;
import dev.tac8.store.StoreException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;

/** A broker, which keeps the records of many hosts until they are stored. */
public interface Broker {
    /** What routes call, each by the name that stands before its class. */
    List<Object> beans();

    /**
     * How it was when it was last looked at.
     *
     * @param awaySince when it began that it cannot be used, or null
     * @param reason    why it cannot, or null
     * @param lag       how many records of the topic the group has not stored; -1 if that is not known, or not stored here
     */
    record Seen(Instant awaySince, String reason, int partitions, long lag) {
        /** For a person. */
        public String sentence() {
            return awaySince != null ? "not used since " + awaySince.truncatedTo(ChronoUnit.SECONDS) + ", and what waits is kept: " + reason
                    : "the topic is there, " + partitions + (partitions == 1 ? " partition" : " partitions") + (lag < 0 ? "" : lag == 0 ? ", and all of it is stored"
                    : ", and " + Table.whole(lag) + (lag == 1 ? " record of it waits" : " records of it wait") + " to be stored");
        }
    }

    /** What was seen last; null if it was not looked at yet. */
    Seen seen();

    /**
     * A line that the store refuses.
     *
     * @param beginning its first bytes as text
     */
    record Refused(String topic, int partition, long offset, String reason, String beginning) {
    }

    /**
     * The lines that the store refuses, so many at most.
     *
     * @throws StoreException if they cannot be asked for
     */
    List<Refused> refused(int limit) throws StoreException;

    /**
     * Looks whether the topic is there and loses nothing.
     *
     * @throws StoreException in one sentence; a {@link dev.tac8.store.RefusedException} if it would lose records, or is not there
     */
    void check() throws StoreException;

    /** Has nobody wait for an answer any longer: the service stops. */
    void stop();
}
