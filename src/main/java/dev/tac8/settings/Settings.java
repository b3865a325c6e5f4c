package dev.tac8.settings;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The settings: {@code application.properties}, over it the environment ({@code TAC8_SPOOL_DIR}), over both {@code -D}.
 * Checked as a whole before anything starts.
 */
public final class Settings {
    /** The file of settings, at the top. */
    public static final String FILE = "application.properties";

    private static final int LEAST_TOKEN = 16;
    private static final Pattern DRIVER = Pattern.compile("jdbc:[a-z]+:");

    private final Path home;
    private final Path files;
    private final Given given;
    private final Map<String, String> values;

    private static final String POSTGRESQL = "postgresql";
    private static final String KAFKA = "kafka";
    private static final String EDGE = "edge";
    private static final String JOIN = "join";
    private static final String BOTH = "both";
    /** The variable that holds a password, and is no setting: those stand in a file, and in lists of processes. */
    static final String PASSWORD = "TAC8_POSTGRESQL_PASSWORD";

    /** What goes before the file: the environment, and {@code -D}. */
    private record Given(Map<String, String> environment, Map<String, String> overrides) {
    }

    private Settings(Path home, Path files, Given given, Map<String, String> values) {
        this.home = home;
        this.files = files;
        this.given = given;
        this.values = values;
    }

    /**
     * Reads and checks the settings.
     *
     * @param home        the folder of {@code application.properties}, from which relative paths are taken
     * @param environment environment variables
     * @param overrides   what {@code -D} says
     * @throws SettingsException at the first fault, in one sentence that names the key or the variable
     */
    public static Settings load(Path home, Map<String, String> environment, Map<String, String> overrides)
            throws SettingsException {
        return load(home, home, new Given(environment, overrides), false);
    }

    /**
     * Reads the settings and passes over whatever is wrong in the file, to know at least where things lie.
     *
     * @throws SettingsException if the environment or {@code -D} are wrong
     */
    public static Settings passingOverFaults(Path home, Map<String, String> environment, Map<String, String> overrides) throws SettingsException {
        return load(home, home, new Given(environment, overrides), true);
    }

    /**
     * The same with the files of another folder: a copy of {@code application.properties}, {@code routes/}, {@code sql/} and {@code prices/}. Relative
     * paths are still taken from the home.
     *
     * @throws SettingsException as {@link #load} does
     */
    public Settings from(Path folder) throws SettingsException {
        return load(home, folder, given, false);
    }

    private static Settings load(Path home, Path files, Given given, boolean passesOverFaults) throws SettingsException {
        Map<String, String> values = new LinkedHashMap<>();
        for (Setting setting : Setting.values()) {
            values.put(setting.key(), setting.fallback());
        }
        for (Map.Entry<Object, Object> entry : read(files.resolve(FILE), passesOverFaults).entrySet()) {
            try {
                put(values, entry.getKey().toString(), entry.getValue().toString(), FILE);
            } catch (SettingsException e) {
                if (!passesOverFaults) {
                    throw e;
                }
            }
        }
        putVariables(values, given.environment());
        for (Map.Entry<String, String> override : given.overrides().entrySet()) {
            String key = Key.of(override.getKey());
            if (!Key.isOfTac8(key) && !Key.isOfCamel(key) && !values.containsKey(key)) {
                throw Key.unknown(override.getKey(), "-D");
            }
            put(values, key, override.getValue(), "-D");
        }
        Settings settings = new Settings(home, files, given, values);
        if (passesOverFaults) {
            return settings;
        }
        if (settings.path(Setting.EXTERNAL_DIR).equals(settings.path(Setting.LOCAL_DIR))) {
            throw new SettingsException(Setting.EXTERNAL_DIR.key() + " and " + Setting.LOCAL_DIR.key() + " are the same folder, "
                    + settings.path(Setting.LOCAL_DIR) + "; the local store must be able to stand in for the external one");
        }
        if (settings.number(Setting.STORE_BUSY_SECONDS) >= settings.number(Setting.STORE_ANSWER_SECONDS)) {
            throw new SettingsException(Setting.STORE_ANSWER_SECONDS.key() + " is " + settings.number(Setting.STORE_ANSWER_SECONDS) + ", and must be more than "
                    + Setting.STORE_BUSY_SECONDS.key() + ", " + settings.number(Setting.STORE_BUSY_SECONDS) + ": a store that waits for a lock would count as one that hangs");
        }
        if (!settings.isLocalHttp() && settings.text(Setting.HTTP_TOKEN).length() < LEAST_TOKEN) {
            throw new SettingsException(Setting.HTTP_HOST.key() + " is " + settings.text(Setting.HTTP_HOST) + ", where other computers can ask; for that "
                    + Setting.HTTP_TOKEN.key() + " must be set, too, to a secret of at least " + LEAST_TOKEN + " characters");
        }
        settings.checkStore();
        settings.checkBroker();
        return settings;
    }

    private void checkStore() throws SettingsException {
        String store = text(Setting.STORE);
        if (!store.equals("sqlite") && !store.equals(POSTGRESQL)) {
            throw new SettingsException(Setting.STORE.key() + " is " + store + "; it must be sqlite or " + POSTGRESQL);
        }
        String url = text(Setting.POSTGRESQL_URL);
        if (url.contains("password=") || url.matches("jdbc:postgresql:(//[^/?]*|[^/?]*:[^/?]*)@.*")) {
            throw new SettingsException(Setting.POSTGRESQL_URL.key() + " holds a password, which others may read there: set it as " + PASSWORD
                    + ", or put it into a file that " + Setting.POSTGRESQL_PASSWORD_FILE.key() + " names");
        }
        if (isPostgresql() && !url.isEmpty() && !url.startsWith("jdbc:postgresql:")) {
            // Whatever stands behind the name of a driver, or in a value without one, may be a password.
            Matcher driver = DRIVER.matcher(url);
            throw new SettingsException(Setting.POSTGRESQL_URL.key() + (driver.lookingAt() ? " begins with " + driver.group() + ", which is" : " is")
                    + " no address of PostgreSQL, and tac8 stores in SQLite or there: it must be jdbc:postgresql://HOST/DATABASE");
        }
        if (isPostgresql() && !url.matches("jdbc:postgresql:.+")) {
            throw new SettingsException(Setting.STORE.key() + " is " + POSTGRESQL + ", so " + Setting.POSTGRESQL_URL.key()
                    + " must say which database: jdbc:postgresql://HOST/DATABASE");
        }
    }

    private void checkBroker() throws SettingsException {
        String broker = text(Setting.BROKER);
        if (!broker.equals("none") && !broker.equals(KAFKA)) {
            throw new SettingsException(Setting.BROKER.key() + " is " + broker + "; it must be none or " + KAFKA);
        }
        String role = text(Setting.KAFKA_ROLE);
        if (!List.of(EDGE, JOIN, BOTH).contains(role)) {
            throw new SettingsException(Setting.KAFKA_ROLE.key() + " is " + role + "; it must be " + EDGE + ", " + JOIN + " or " + BOTH);
        }
        // More than this are names that a topic, a group or an address of Camel can have; what else they could say there, nobody means.
        if (!text(Setting.KAFKA_TOPIC).matches("[A-Za-z0-9._-]{1,240}") || !text(Setting.KAFKA_GROUP).matches("[A-Za-z0-9._-]{1,240}")) {
            throw new SettingsException(Setting.KAFKA_TOPIC.key() + " and " + Setting.KAFKA_GROUP.key() + " must be letters, digits, dots, hyphens and underscores");
        }
        String brokers = text(Setting.KAFKA_BROKERS);
        if (broker.equals(KAFKA) && !brokers.matches("[\\w.\\[\\]:-]+:\\d+(,[\\w.\\[\\]:-]+:\\d+)*")) {
            throw new SettingsException(Setting.BROKER.key() + " is " + KAFKA + ", so " + Setting.KAFKA_BROKERS.key()
                    + " must say where it is: HOST:PORT, or several with a comma between each two");
        }
    }

    private boolean isKafka(String role) {
        return text(Setting.BROKER).equals(KAFKA) && List.of(role, BOTH).contains(text(Setting.KAFKA_ROLE));
    }

    /** Whether a broker stands between files of records and the stores. */
    public boolean isKafka() {
        return text(Setting.BROKER).equals(KAFKA);
    }

    /** Whether the records of files go to a topic. */
    public boolean isEdge() {
        return isKafka(EDGE);
    }

    /** Whether what is in the topic is stored here. */
    public boolean isJoin() {
        return isKafka(JOIN);
    }

    /** Whether they only go there, so that nothing is stored here. */
    public boolean isOnlyEdge() {
        return isEdge() && !isJoin();
    }

    /** Whether a PostgreSQL database is in the place of the external store. */
    public boolean isPostgresql() {
        return text(Setting.STORE).equals(POSTGRESQL);
    }

    /** What is only in the environment, and in no setting. */
    public static Map<String, String> secrets(Map<String, String> environment) {
        return environment.containsKey(PASSWORD) ? Map.of(PASSWORD, environment.get(PASSWORD)) : Map.of();
    }

    /**
     * The password for PostgreSQL: of the environment, or of the file that the settings name; empty if there is none.
     *
     * @throws SettingsException if the file cannot be read
     */
    public String postgresqlPassword() throws SettingsException {
        String file = text(Setting.POSTGRESQL_PASSWORD_FILE);
        if (given.environment().containsKey(PASSWORD) || file.isEmpty()) {
            return given.environment().getOrDefault(PASSWORD, "");
        }
        try {
            return Files.readString(home.resolve(file)).lines().findFirst().orElse("");
        } catch (IOException e) {
            throw new SettingsException(Setting.POSTGRESQL_PASSWORD_FILE.key() + " is " + file + ", which "
                    + (e instanceof NoSuchFileException ? "does not exist" : e instanceof AccessDeniedException ? "this user may not read" : "cannot be read: " + e.getMessage()));
        }
    }

    /** Whether nobody can ask over HTTP but this computer. */
    public boolean isLocalHttp() {
        return text(Setting.HTTP_HOST).matches("localhost|127(\\.\\d{1,3}){3}|::1");
    }

    /**
     * A variable for each key of tac8, and for each of Camel that is set in the file. Any other variable that begins with TAC8 is mistyped.
     */
    private static void putVariables(Map<String, String> values, Map<String, String> environment) throws SettingsException {
        Map<String, String> keys = new LinkedHashMap<>();
        values.keySet().stream().filter(key -> Key.isOfTac8(key) || Key.isOfCamel(key)).forEach(key -> keys.put(Setting.variable(key), key));
        for (Map.Entry<String, String> variable : new TreeMap<>(environment).entrySet()) {
            String key = keys.get(variable.getKey());
            if (key != null) {
                put(values, key, variable.getValue(), "the environment variable " + variable.getKey());
            } else if (Key.isMistypedVariable(variable.getKey())) {
                throw Key.unknownVariable(variable.getKey());
            }
        }
    }

    /**
     * Checks that the folders can be used beside each other, for a command that writes to them. Waits for their disks.
     *
     * @throws SettingsException if one is not a folder, or lies in another that it must not lie in, in one sentence that names the keys
     */
    public void checkFolders() throws SettingsException {
        new Folders(this).check();
    }

    /**
     * Checks that a folder for backups is not inside one that tac8 uses.
     *
     * @throws SettingsException if it is
     */
    public void checkBackup(Path folder) throws SettingsException {
        new Folders(this).checkBackup(folder);
    }

    /**
     * Checks that a folder to be marked as a volume is not inside one that serves something else.
     *
     * @throws SettingsException if it is
     */
    public void checkVolume(Path folder) throws SettingsException {
        new Folders(this).checkVolume(folder);
    }

    /** The same settings with some of them replaced; the new ones must be valid. */
    public Settings with(Map<Setting, ?> others) {
        Map<String, String> changed = new LinkedHashMap<>(values);
        others.forEach((setting, value) -> changed.put(setting.key(), value.toString()));
        return new Settings(home, files, given, changed);
    }

    private static Properties read(Path file, boolean passesOverFaults) throws SettingsException {
        Properties properties = new Properties();
        try (InputStream in = Files.newInputStream(file)) {
            properties.load(in);
        } catch (IOException | IllegalArgumentException e) {
            if (!passesOverFaults) {
                throw new SettingsException(e instanceof NoSuchFileException ? file + " is not there, or is no file: put it back"
                        : "cannot read " + file + ": " + e.getMessage());
            }
        }
        return properties;
    }

    private static void put(Map<String, String> values, String given, String value, String source) throws SettingsException {
        String key = Key.of(given);
        Key.check(key, source);
        if (Key.isOfTac8(key)) {
            Setting.of(key, source).check(value.strip(), source);
        }
        values.put(key, value.strip());
    }

    /** The folder from which relative paths are taken. */
    public Path home() {
        return home;
    }

    /** The folder of {@code application.properties}, {@code routes/}, {@code sql/} and {@code prices/}: the home, or a copy of these. */
    public Path files() {
        return files;
    }

    /** The folder of the statements. */
    public Path sql() {
        return files.resolve("sql");
    }

    /** A path, absolute. */
    public Path path(Setting setting) {
        return home.resolve(values.get(setting.key())).toAbsolutePath().normalize();
    }

    /** The paths of a setting that names one or more, absolute. */
    public List<Path> paths(Setting setting) {
        return Stream.of(values.get(setting.key()).split(Setting.COMMA))
                .map(one -> home.resolve(one.strip()).toAbsolutePath().normalize()).toList();
    }

    /** A setting as text. */
    public String text(Setting setting) {
        return values.get(setting.key());
    }

    /** A whole number. */
    public int number(Setting setting) {
        return Integer.parseInt(values.get(setting.key()));
    }

    /** Whether it is true. */
    public boolean flag(Setting setting) {
        return Boolean.parseBoolean(values.get(setting.key()));
    }

    /** Whether a setting has its default. */
    public boolean isDefault(Setting setting) {
        return path(setting).equals(home.resolve(setting.fallback()).toAbsolutePath().normalize());
    }

    /** All settings, including Camel's, for Camel's own property placeholders; paths are absolute. */
    public Properties toProperties() {
        Properties properties = new Properties();
        properties.putAll(values);
        for (Setting setting : Setting.values()) {
            if (setting.isPath()) {
                properties.setProperty(setting.key(), path(setting).toString());
            } else if (setting.isPathList()) {
                properties.setProperty(setting.key(), paths(setting).stream().map(Path::toString)
                        .collect(Collectors.joining(Setting.COMMA)));
            }
        }
        return properties;
    }
}
