package dev.tac8.broker;

import dev.tac8.store.StoreException;
import java.util.List;

/** A broker, which keeps the records of many hosts until they are stored. */
public interface Broker {
    /** What routes call, each by the name that stands before its class. */
    List<Object> beans();

    /**
     * Looks whether the topic is there and loses nothing.
     *
     * @throws StoreException in one sentence; a {@link dev.tac8.store.RefusedException} if it would lose records, or is not there
     */
    void check() throws StoreException;
}
