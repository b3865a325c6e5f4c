package dev.tac8.files;

import java.nio.file.FileSystemException;
import java.nio.file.Path;

/** A file or folder that should be tac8's own may belong to another user, so it is not used. Trying again does not help. */
public final class UntrustedException extends FileSystemException {
    private static final long serialVersionUID = 1L;

    /** @param reason one sentence, which names the path and says what to do */
    public UntrustedException(Path path, String reason) {
        super(path.toString(), null, reason);
    }

    /** The reason alone: Java would put the path before it again. */
    @Override
    public String getMessage() {
        return getReason();
    }
}
