package dev.tac8.conversation;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.WritableByteChannel;

/** The bytes of a conversation, held open. */
interface Source extends Closeable {
    /** Reads it from its beginning, independent of other readers. */
    InputStream open();

    /** Copies a run of bytes, or as much of it as exists. */
    void copy(long position, long length, WritableByteChannel target) throws IOException;
}
