package dev.tac8.settings;

/** A setting is invalid. The message is one sentence that names its key and where it stands. */
public final class SettingsException extends Exception {
    private static final long serialVersionUID = 1L;

    public SettingsException(String message) {
        super(message);
    }
}
