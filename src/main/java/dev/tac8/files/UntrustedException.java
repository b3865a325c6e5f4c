package dev.tac8.files;

import java.nio.file.FileSystemException;
import java.nio.file.Path;

/** What should be tac8's own may be somebody else's, so that it is not used. No further try mends it. */
public final class UntrustedException extends FileSystemException {
    private static final long serialVersionUID = 1L;

    /** @param reason one sentence, which names the path and says what to do */
    public UntrustedException(Path path, String reason) {
        super(path.toString(), null, reason);
    }

    /** The reason alone: Java would put the path before it once more. */
    @Override
    public String getMessage() {
        return getReason();
    }
}
