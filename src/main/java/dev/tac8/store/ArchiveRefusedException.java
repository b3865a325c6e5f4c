package dev.tac8.store;

/** One archive that must not be written: it is damaged, or none of ours. It holds up no other. */
public final class ArchiveRefusedException extends StoreException {
    private static final long serialVersionUID = 1L;

    ArchiveRefusedException(String message) {
        super(message);
    }
}
