package dev.tac8.page;

import dev.tac8.store.StoreException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What was found, to be shown again as long as nothing that it was made of has changed: ten tabs ask once. What is kept is of a state of the stores, and is given
 * to nobody who sees another one. What is asked while a state goes by may be newer than it, and is asked again then.
 */
final class Kept {
    private static final int MOST = 12;

    private final Map<List<?>, Entry> entries = new LinkedHashMap<>(MOST, 1, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<List<?>, Entry> eldest) {
            return size() > MOST;
        }
    };

    /** What takes long. */
    interface Asking<T> {
        T ask() throws StoreException;
    }

    /** Held by whoever asks, so that the others wait for the answer. */
    private static final class Entry {
        private String state;
        private Object found;
    }

    /**
     * What is kept, or else what is found now.
     *
     * @param state of the stores, as they are locked; null if it is not known
     * @param key   what is asked
     */
    @SuppressWarnings("unchecked") // A key stands for one question, whose answer has one type.
    <T> T get(String state, List<?> key, Asking<T> asking) throws StoreException {
        if (state == null) {
            return asking.ask();
        }
        Entry entry;
        synchronized (entries) {
            entry = entries.computeIfAbsent(key, any -> new Entry());
        }
        synchronized (entry) {
            if (!state.equals(entry.state)) {
                entry.found = asking.ask();
                entry.state = state;
            }
            return (T) entry.found;
        }
    }
}
