package dev.tac8.query;

import dev.tac8.store.StoreException;
import java.util.Map;

/** A question met months of the archive that are damaged; without them it can be asked again. */
public final class DamagedMonthsException extends StoreException {
    private static final long serialVersionUID = 1L;

    private final transient Map<String, String> months;

    DamagedMonthsException(Map<String, String> months, Throwable cause) {
        super("the archive cannot be read: " + months, cause);
        this.months = months;
    }

    /** Each with what is damaged. */
    public Map<String, String> months() {
        return months;
    }
}
