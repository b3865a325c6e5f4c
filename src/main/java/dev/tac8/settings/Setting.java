package dev.tac8.settings;

import java.util.List;
import java.util.Locale;

/** All settings, with their defaults and limits; {@code application.properties} says what each is for. */
public enum Setting {
    SPOOL_DIR("tac8.spool.dir", "var/spool"),
    EXTERNAL_DIR("tac8.external.dir", "var/external"),
    LOCAL_DIR("tac8.local.dir", "var/local"),
    SPOOL_POLL_MILLISECONDS("tac8.spool.poll-milliseconds", "25", 1, 60_000),
    INGEST_MAX_LINE_BYTES("tac8.ingest.max-line-bytes", "4194304", 1024, 268_435_456),
    INGEST_CHUNK_RECORDS("tac8.ingest.chunk-records", "10000", 1, 100_000),
    STORE("tac8.store", Kind.TEXT, "sqlite"),
    POSTGRESQL_URL("tac8.postgresql.url", Kind.MAY_BE_EMPTY, ""),
    POSTGRESQL_USER("tac8.postgresql.user", Kind.TEXT, "tac8"),
    POSTGRESQL_PASSWORD_FILE("tac8.postgresql.password-file", Kind.MAY_BE_EMPTY, ""),
    REPLICA_FOLLOW("tac8.replica.follow", Kind.FLAG, "true"),
    REPLICA_MILLISECONDS("tac8.replica.milliseconds", "500", 50, 3_600_000),
    BROKER("tac8.broker", Kind.TEXT, "none"),
    KAFKA_ROLE("tac8.kafka.role", Kind.TEXT, "edge"),
    KAFKA_BROKERS("tac8.kafka.brokers", Kind.MAY_BE_EMPTY, ""),
    KAFKA_TOPIC("tac8.kafka.topic", Kind.TEXT, "tac8-records"),
    KAFKA_GROUP("tac8.kafka.group", Kind.TEXT, "tac8"),
    KAFKA_CONSUMERS("tac8.kafka.consumers", "1", 1, 100),
    KAFKA_REPLICAS("tac8.kafka.replicas", "3", 1, 100),
    STORE_BUSY_SECONDS("tac8.store.busy-seconds", "10", 1, 3600),
    STORE_ANSWER_SECONDS("tac8.store.answer-seconds", "20", 6, 3600),
    BREAKER_FAILURES("tac8.breaker.failures", "1", 1, 100),
    BREAKER_RETRY_SECONDS("tac8.breaker.retry-seconds", "2", 1, 3600),
    RECONCILE_SECONDS("tac8.reconcile.seconds", "2", 1, 3600),
    ARCHIVE_KEEP_DAYS("tac8.archive.keep-days", "90", 1, 36_500),
    ARCHIVE_CRON("tac8.archive.cron", Kind.TEXT, "0 0 3 1 * ?"),
    ARCHIVE_ZONE("tac8.archive.zone", Kind.TEXT, "UTC"),
    CONVERSATIONS_DIR("tac8.conversations.dir", List.of("logs")),
    CONVERSATIONS_KEEP_DAYS("tac8.conversations.keep-days", "30", 1, 36_500),
    IMPORT_CRON("tac8.import.cron", Kind.TEXT, "0 0 3 1 1 ? 2099"),
    HTTP_PORT("tac8.http.port", "8808", 0, 65_535),
    HTTP_HOST("tac8.http.host", Kind.TEXT, "127.0.0.1"),
    HTTP_TOKEN("tac8.http.token", Kind.MAY_BE_EMPTY, ""),
    HTTP_ANSWER_SECONDS("tac8.http.answer-seconds", "10", 1, 3600),
    RELOAD_WATCH("tac8.reload.watch", Kind.FLAG, "true"),
    RELOAD_TEST_FIRST("tac8.reload.test-first", Kind.FLAG, "false");

    /** Between the folders of a setting that names several. */
    static final String COMMA = ",";

    private enum Kind { NUMBER, PATH, PATHS, TEXT, FLAG, MAY_BE_EMPTY }

    private final String key;
    private final String fallback;
    private final Kind kind;
    private final long least;
    private final long most;

    Setting(String key, String path) {
        this(key, Kind.PATH, path);
    }

    Setting(String key, List<String> paths) {
        this(key, Kind.PATHS, String.join(",", paths));
    }

    Setting(String key, Kind kind, String fallback) {
        this.key = key;
        this.fallback = fallback;
        this.kind = kind;
        this.least = 0;
        this.most = 0;
    }

    Setting(String key, String number, long least, long most) {
        this.key = key;
        this.fallback = number;
        this.kind = Kind.NUMBER;
        this.least = least;
        this.most = most;
    }

    public String key() {
        return key;
    }

    /** The environment variable that sets it, such as {@code TAC8_SPOOL_DIR}. */
    public String variable() {
        return variable(key);
    }

    /** The environment variable for a key. */
    public static String variable(String key) {
        return key.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
    }

    /** The default. */
    public String fallback() {
        return fallback;
    }

    boolean isPath() {
        return kind == Kind.PATH;
    }

    /** Whether its value is one folder or more. */
    boolean isPathList() {
        return kind == Kind.PATHS;
    }

    static Setting of(String key, String source) throws SettingsException {
        for (Setting setting : values()) {
            if (setting.key.equals(key)) {
                return setting;
            }
        }
        throw Key.unknown(key, source);
    }

    void check(String value, String source) throws SettingsException {
        if (kind == Kind.PATH || kind == Kind.PATHS) {
            checkPath(value, source);
        }
        if (kind == Kind.PATH || kind == Kind.TEXT || kind == Kind.MAY_BE_EMPTY) {
            if (value.isEmpty() && kind != Kind.MAY_BE_EMPTY) {
                throw new SettingsException(key + " is empty (in " + source + "); it must be "
                        + (kind == Kind.PATH ? "a folder" : "set as application.properties says"));
            }
            return;
        }
        if (kind == Kind.PATHS) {
            for (String one : value.split(COMMA, -1)) {
                if (one.isBlank()) {
                    throw new SettingsException(key + " is \"" + value + "\" (in " + source + "); it must be a folder, or several with a"
                            + " comma between each two");
                }
            }
            return;
        }
        if (kind == Kind.FLAG) {
            if (!value.equals("true") && !value.equals("false")) {
                throw new SettingsException(key + " is " + value + " (in " + source + "); it must be true or false");
            }
            return;
        }
        try {
            long number = Long.parseLong(value);
            if (number >= least && number <= most) {
                return;
            }
        } catch (NumberFormatException e) {
            // Reported below, as for a number out of range.
        }
        throw new SettingsException(key + " is " + value + " (in " + source + "); it must be a whole number from " + least + " to " + most);
    }

    private void checkPath(String path, String source) throws SettingsException {
        if (path.chars().anyMatch(Character::isISOControl)) {
            throw new SettingsException(key + " holds a control character (in " + source + "), such as a line break; name the folder without");
        }
        // A systemd unit takes them for quotes; a shell's `export` and application.properties take them for a part of the name.
        if (path.length() > 1 && (path.startsWith("\"") || path.startsWith("'")) && path.endsWith(path.substring(0, 1))) {
            throw new SettingsException(key + " is " + path + " (in " + source + "), in quotes; write it without");
        }
    }
}
