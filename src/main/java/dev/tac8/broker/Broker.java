package dev.tac8.broker;

import dev.tac8.store.StoreException;
import java.time.Instant;
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
    }

    /** What was seen last; null if it was not looked at yet. */
    Seen seen();

    /**
     * Looks whether the topic is there and loses nothing.
     *
     * @throws StoreException in one sentence; a {@link dev.tac8.store.RefusedException} if it would lose records, or is not there
     */
    void check() throws StoreException;
}
