package dev.tac8.store;

import java.io.Closeable;

/** The external or the local store: where chunks go. */
public interface ChunkStore extends VerifiedDataSource, Closeable {
    /** Where it is, for a person. */
    String place();

    /**
     * Opens it once, to see whether it can be used.
     *
     * @throws StoreException if it cannot
     */
    void check() throws StoreException;

    /**
     * Looks whether it is there.
     *
     * @throws StoreException in one sentence
     */
    void verify() throws StoreException;

    /** What may be the reason if it does not answer, for the end of a sentence. */
    String mayBe();

    @Override
    void close();
}
