package dev.tac8.conversation;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/** A conversation from the archive, decompressed anew for each reader, in bounded memory. */
final class GzipSource extends Source {
    private final Path path;

    GzipSource(FileChannel channel, Path path) {
        super(channel);
        this.path = path;
    }

    @Override
    InputStream open() throws IOException {
        try {
            return new GZIPInputStream(super.open(), BUFFER_BYTES) {
                @Override
                public int read(byte[] bytes, int offset, int length) throws IOException {
                    try {
                        return super.read(bytes, offset, length);
                    } catch (ZipException | EOFException e) {
                        throw damaged();
                    }
                }
            };
        } catch (ZipException | EOFException e) {
            throw damaged();
        }
    }

    /** Says where damage is, in place of the decompressor's own message. */
    private IOException damaged() {
        return new IOException("the archived conversation " + path + " is damaged from here on: bring it back from a backup, which"
                + " ./tac8 archive verify then compares with what was put into it");
    }
}
