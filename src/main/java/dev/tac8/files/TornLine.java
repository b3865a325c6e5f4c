package dev.tac8.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** What a writer that was killed leaves at the end of a file of lines. */
public final class TornLine {
    private static final int BLOCK_BYTES = 1 << 16;

    private TornLine() {
    }

    /** Cuts off everything behind the last LF; false if there is nothing. */
    public static boolean cut(FileChannel file) throws IOException {
        long end = file.size();
        long kept = 0;
        for (long begin = end; kept == 0 && begin > 0;) {
            ByteBuffer block = ByteBuffer.allocate((int) Math.min(begin, BLOCK_BYTES));
            begin -= block.capacity();
            while (block.hasRemaining() && file.read(block, begin + block.position()) >= 0) {
                continue;
            }
            int last = block.position() - 1;
            while (last >= 0 && block.get(last) != '\n') {
                last--;
            }
            kept = last < 0 ? 0 : begin + last + 1;
        }
        file.truncate(kept);
        return kept < end;
    }
}
