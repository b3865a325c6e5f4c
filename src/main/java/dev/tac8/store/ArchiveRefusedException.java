package dev.tac8.store;

/** One archive that must not be written: it is damaged, or not ours. The other archives go on. */
public final class ArchiveRefusedException extends ArchiveException {
    private static final long serialVersionUID = 1L;

    ArchiveRefusedException(String message) {
        super(message, null);
    }
}
