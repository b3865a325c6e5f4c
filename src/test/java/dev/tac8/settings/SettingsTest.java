package dev.tac8.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsTest {
    private static final String POLL = "tac8.spool.poll-milliseconds";

    @TempDir
    private Path home;

    @Test
    void anAddressThatOtherComputersReachNeedsALongSecret() throws Exception {
        for (String host : List.of("127.0.0.1", "127.9.8.7", "localhost", "::1")) {
            assertThat(load("tac8.http.host=" + host + "\n", Map.of(), Map.of()).isLocalHttp()).as(host).isTrue();
        }
        for (String host : List.of("0.0.0.0", "::", "10.0.0.1", "127.0.0.1.example", "localhost.example")) {
            assertThatThrownBy(() -> load("tac8.http.host=" + host + "\ntac8.http.token=too-short\n", Map.of(), Map.of())).as(host)
                    .isInstanceOf(SettingsException.class).hasMessage("tac8.http.host is " + host + ", where other computers can ask; for that"
                            + " tac8.http.token must be set, too, to a secret of at least 16 characters");
            assertThat(load("tac8.http.host=" + host + "\n", Map.of("TAC8_HTTP_TOKEN", "0123456789abcdef"), Map.of()).isLocalHttp()).isFalse();
        }
    }

    @Test
    void fallsBackOnTheDefaultsWhereNothingIsSet() throws Exception {
        Settings settings = load("", Map.of(), Map.of());

        for (Setting setting : Setting.values()) {
            if (setting.isPath()) {
                assertThat(settings.path(setting)).as(setting.key()).isEqualTo(home.resolve(setting.fallback()));
                assertThat(settings.isDefault(setting)).as(setting.key()).isTrue();
            } else if (setting.isPathList()) {
                assertThat(settings.paths(setting)).as(setting.key()).containsExactly(home.resolve(setting.fallback()));
            } else {
                assertThat(settings.text(setting)).as(setting.key()).isEqualTo(setting.fallback());
            }
        }
    }

    @Test
    void letsTheEnvironmentOverrideTheFileAndTheCommandLineBoth() throws Exception {
        String file = POLL + "=100\n";
        Map<String, String> environment = Map.of("TAC8_SPOOL_POLL_MILLISECONDS", "200");
        Map<String, String> commandLine = Map.of(POLL, "300");

        assertThat(load(file, Map.of(), Map.of()).number(Setting.SPOOL_POLL_MILLISECONDS)).isEqualTo(100);
        assertThat(load(file, environment, Map.of()).number(Setting.SPOOL_POLL_MILLISECONDS)).isEqualTo(200);
        assertThat(load(file, environment, commandLine).number(Setting.SPOOL_POLL_MILLISECONDS)).isEqualTo(300);
        assertThat(load(file, Map.of(), commandLine).number(Setting.SPOOL_POLL_MILLISECONDS)).isEqualTo(300);
    }

    @Test
    void takesPostgresqlWithItsPasswordOfTheEnvironmentOrOfAFile() throws Exception {
        String file = "tac8.store=postgresql\ntac8.postgresql.url=jdbc:postgresql://h/d\n";
        String named = file + "tac8.postgresql.password-file=" + Files.writeString(home.resolve("password"), "of the file\r\n");

        assertThat(load("", Map.of(), Map.of()).isPostgresql()).isFalse();
        assertThat(load(file, Map.of(), Map.of()).isPostgresql()).isTrue();
        assertThat(load(file, Map.of(), Map.of()).postgresqlPassword()).isEmpty();
        assertThat(load(named, Map.of(), Map.of()).postgresqlPassword()).isEqualTo("of the file");
        Settings settings = load(named, Map.of("TAC8_POSTGRESQL_PASSWORD", "of the environment"), Map.of());
        assertThat(settings.postgresqlPassword()).isEqualTo("of the environment");
        assertThat(settings.toProperties().toString()).doesNotContain("of the environment", "of the file");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "tac8.store=postgres | tac8.store is postgres; it must be sqlite or postgresql",
        "tac8.store=postgresql | tac8.store is postgresql, so tac8.postgresql.url must say which database: jdbc:postgresql://HOST/DATABASE",
        "tac8.store=postgresql; tac8.postgresql.url=h/d | tac8.postgresql.url is no address of PostgreSQL, and tac8 stores in SQLite or there: it must be"
                + " jdbc:postgresql://HOST/DATABASE",
        "tac8.store=postgresql; tac8.postgresql.url=jdbc:mysql://u:secret@h/d | tac8.postgresql.url begins with jdbc:mysql:, which is no address of PostgreSQL, and tac8 stores in SQLite"
                + " or there: it must be jdbc:postgresql://HOST/DATABASE",
        "tac8.store=postgresql; tac8.postgresql.url=jdbc:oracle:thin:u/secret@h | tac8.postgresql.url begins with jdbc:oracle:, which is no address of PostgreSQL, and tac8 stores in"
                + " SQLite or there: it must be jdbc:postgresql://HOST/DATABASE",
        "tac8.postgresql.url=jdbc:postgresql://h/d?password=x | tac8.postgresql.url holds a password, which others may read there: set it as"
                + " TAC8_POSTGRESQL_PASSWORD, or put it into a file that tac8.postgresql.password-file names",
        "tac8.postgresql.url=jdbc:postgresql://u:p@h/d | tac8.postgresql.url holds a password, which others may read there: set it as"
                + " TAC8_POSTGRESQL_PASSWORD, or put it into a file that tac8.postgresql.password-file names",
        "tac8.postgresql.url=jdbc:postgresql:u:p@h/d | tac8.postgresql.url holds a password, which others may read there: set it as"
                + " TAC8_POSTGRESQL_PASSWORD, or put it into a file that tac8.postgresql.password-file names",
        "tac8.postgresql.password= | there is no setting tac8.postgresql.password (in application.properties); did you mean tac8.postgresql.password-file?"
                + " application.properties lists all there are"})
    void refusesAStoreThatCannotBeUsed(String file, String sentence) {
        assertThatThrownBy(() -> load(file.replace("; ", "\n"), Map.of(), Map.of())).isInstanceOf(SettingsException.class).hasMessage(sentence);
    }

    @ParameterizedTest
    @ValueSource(strings = {"tac8:geheim@db1/tac8", "postgresql:tac8:geheim@db1/tac8", "postgresql://tac8:geheim@db1/tac8", "host=db1 user=tac8 pass=geheim", "geheim", "geheim:",
        "jdbc:geheim1:", "jdbc:geheim", "JDBC:POSTGRESQL:geheim", " jdbc:mysql:geheim", "jdbc:mysql:geheim", "jdbc:mysql:geheim:x", "jdbc:mysql://tac8:geheim@db1/tac8"})
    void printsNoPartOfAnAddressThatMayBeAPassword(String url) {
        assertThatThrownBy(() -> load("", Map.of(), Map.of("tac8.store", "postgresql", "tac8.postgresql.url", url))).isInstanceOf(SettingsException.class)
                .hasMessageContaining("no address of PostgreSQL").hasMessageNotContaining("geheim").hasMessageNotContaining("db1");
    }

    @Test
    void refusesAnUnknownKeyAndSaysWhereItStands() {
        assertThatThrownBy(() -> load("tac8.spool.dri=x\n", Map.of(), Map.of())).isInstanceOf(SettingsException.class)
                .hasMessage("there is no setting tac8.spool.dri (in application.properties); did you mean tac8.spool.dir?"
                        + " application.properties lists all there are");
        assertThatThrownBy(() -> load("", Map.of(), Map.of("tac8.spool.dri", "x"))).isInstanceOf(SettingsException.class)
                .hasMessageContaining("tac8.spool.dri (in -D)");
    }

    @ParameterizedTest
    @CsvSource({"TAC8_SPOL_DIR, TAC8_SPOOL_DIR", "tac8_spool_dir, TAC8_SPOOL_DIR", "TAC8SPOOL_DIR, TAC8_SPOOL_DIR", "TAC8_SPOOL-DIR, TAC8_SPOOL_DIR",
            "tac8.spool.dir, TAC8_SPOOL_DIR", "TAC8_EXTERNALDIR, TAC8_EXTERNAL_DIR", "TAC8_JAVA_OPT,", "TAC8_NOWHERE,", "TAC8_,"})
    void refusesAVariableThatBeginsAsItsOwnAndSetsNothing(String variable, String meant) {
        assertThatThrownBy(() -> load("", Map.of(variable, "x", "PATH", "/bin"), Map.of())).isInstanceOf(SettingsException.class)
                .hasMessage("there is no setting for the environment variable " + variable + ";"
                        + (meant == null ? "" : " did you mean " + meant + "?")
                        + " application.properties lists all there are, in lower case and with dots");
    }

    @Test
    void takesNoVariableOfOthersForItsOwn() throws Exception {
        Map<String, String> others = Map.of("TAC8_JAVA_OPTS", "-Xmx1g", "TAC8", "/opt/tac8/tac8", "SPOOL_DIR", "x", "MY_DIR", "x",
                "CAMEL_MAIN_ROUTESINCLUDEPATTERN", "x", "TAC_SPOOL_DIR", "x");

        Settings settings = load("my.dir=/of/my/route\n", others, Map.of());

        assertThat(settings.toProperties()).containsEntry("my.dir", "/of/my/route").doesNotContainKey("camel.main.routesIncludePattern");
        assertThat(settings.isDefault(Setting.SPOOL_DIR)).isTrue();
    }

    @Test
    void takesTheKeysOfAnOperatorsOwnRoutesButNoneThatWasMeantForItself() throws Exception {
        assertThat(load("my.dir=a\n", Map.of(), Map.of("my.dir", "b")).toProperties()).containsEntry("my.dir", "b");
        for (String key : List.of("spool.dir", "TAC8.spool.dir", "tac8_spool_dir", "tac8")) {
            assertThatThrownBy(() -> load(key + "=x\n", Map.of(), Map.of())).as(key).isInstanceOf(SettingsException.class)
                    .hasMessageStartingWith("there is no setting " + key + " (in application.properties);");
        }
        for (String key : List.of("spool.dir", "my.dir", "tca8.spool.dir", " tac8.spool.dir")) {
            assertThatThrownBy(() -> load("", Map.of(), Map.of(key, "x"))).as(key).isInstanceOf(SettingsException.class)
                    .hasMessageStartingWith("there is no setting " + key + " (in -D);");
        }
    }

    @Test
    void whatWouldKeepRoutesFromStartingIsNotTaken() {
        for (String key : List.of("camel.main.autoStartup", "camel.main.auto-startup", "camel.main.autoStartupExcludePattern",
                "camel.resilience4j.timeoutEnabled", "camel.resilience4j.configurations.a.slidingWindowSize")) {
            assertThatThrownBy(() -> load(key + "=false\n", Map.of(), Map.of())).isInstanceOf(SettingsException.class)
                    .hasMessageContaining("and is not taken: remove it");
            assertThatThrownBy(() -> load("", Map.of(), Map.of(key, "false"))).isInstanceOf(SettingsException.class)
                    .hasMessageContaining("(in -D) would keep routes from starting");
        }
    }

    @Test
    void camelsOwnSettingsHaveTheSamePrecedence() throws Exception {
        String file = "camel.main.shutdownTimeout=1\n";
        Map<String, String> environment = Map.of("CAMEL_MAIN_SHUTDOWNTIMEOUT", "2");

        assertThat(load(file, environment, Map.of()).toProperties()).containsEntry("camel.main.shutdownTimeout", "2");
        assertThat(load(file, environment, Map.of("camel.main.shutdown-timeout", "3")).toProperties())
                .containsEntry("camel.main.shutdownTimeout", "3").doesNotContainKey("camel.main.shutdown-timeout");
    }

    @Test
    void refusesWhateverWouldHaveCamelReadSettingsByItself() {
        for (String key : List.of("camel.main.fileConfigurations", "camel.main.auto-configuration-environment-variables-enabled",
                "camel.main.autoConfigurationSystemPropertiesEnabled", "camel.main.cloudPropertiesLocation", "camel.main.propertyPlaceholderLocation",
                "camel.main.profile", "camel.component.properties.location", "camel.component.properties.environmentVariableMode")) {
            assertThatThrownBy(() -> load(key + "=x\n", Map.of(), Map.of())).as(key).isInstanceOf(SettingsException.class)
                    .hasMessageContaining(" (in application.properties) would have Camel read settings elsewhere too, and is not taken");
        }
    }

    @Test
    void refusesAFolderThatCannotHaveBeenMeant() {
        for (String path : List.of("a\nb", "a\u0000b", "a\u001b[31mb", "a\tb")) {
            assertThatThrownBy(() -> load("", Map.of("TAC8_SPOOL_DIR", path), Map.of())).isInstanceOf(SettingsException.class)
                    .hasMessage("tac8.spool.dir holds a control character (in the environment variable TAC8_SPOOL_DIR), such as a line break;"
                            + " name the folder without");
        }
        for (String path : List.of("\"/srv/spool\"", "'/srv/spool'")) {
            assertThatThrownBy(() -> load("", Map.of("TAC8_SPOOL_DIR", path), Map.of())).isInstanceOf(SettingsException.class)
                    .hasMessage("tac8.spool.dir is " + path + " (in the environment variable TAC8_SPOOL_DIR), in quotes; write it without");
        }
    }

    @Test
    void refusesNumbersOutOfRangeNamingKeyValueSourceAndLimits() throws Exception {
        for (String value : new String[] {"0", "-1", "60001", "9999999999999999999", "1.5", "1e3", "ten", "", "0x10"}) {
            assertThatThrownBy(() -> load(POLL + "=" + value + "\n", Map.of(), Map.of())).as(value).isInstanceOf(SettingsException.class)
                    .hasMessage(POLL + " is " + value + " (in application.properties); it must be a whole number from 1 to 60000");
        }
        assertThatThrownBy(() -> load("", Map.of("TAC8_SPOOL_POLL_MILLISECONDS", "0"), Map.of()))
                .hasMessageContaining(POLL + " is 0 (in the environment variable TAC8_SPOOL_POLL_MILLISECONDS)");
        assertThat(load(POLL + "=1\n", Map.of(), Map.of()).number(Setting.SPOOL_POLL_MILLISECONDS)).isEqualTo(1);
        assertThat(load(POLL + "=60000\n", Map.of(), Map.of()).number(Setting.SPOOL_POLL_MILLISECONDS)).isEqualTo(60_000);
    }

    @Test
    void refusesABadValueInTheFileEvenWhereItIsOverridden() {
        assertThatThrownBy(() -> load(POLL + "=0\n", Map.of(), Map.of(POLL, "5"))).isInstanceOf(SettingsException.class)
                .hasMessageContaining("in application.properties");
    }

    @Test
    void refusesAnEmptyFolder() {
        assertThatThrownBy(() -> load("tac8.spool.dir=\n", Map.of(), Map.of())).isInstanceOf(SettingsException.class)
                .hasMessage("tac8.spool.dir is empty (in application.properties); it must be a folder");
    }

    @Test
    void refusesOneFolderForBothStoresHoweverItIsWritten() {
        assertThatThrownBy(() -> load("tac8.local.dir=var/x/../external/\n", Map.of(), Map.of())).isInstanceOf(SettingsException.class)
                .hasMessage("tac8.external.dir and tac8.local.dir are the same folder, " + home.resolve("var/external")
                        + "; the local store must be able to stand in for the external one");
    }

    @Test
    void refusesToCallAStoreThatWaitsForALockOneThatHangs() {
        assertThatThrownBy(() -> load("", Map.of(), Map.of("tac8.store.busy-seconds", "20"))).isInstanceOf(SettingsException.class)
                .hasMessage("tac8.store.answer-seconds is 20, and must be more than tac8.store.busy-seconds, 20: a store that waits for a lock would"
                        + " count as one that hangs");
    }

    @Test
    void takesRelativePathsFromItsOwnFolderAndAbsoluteOnesAsTheyAre() throws Exception {
        Settings settings = load("tac8.spool.dir=in/../spool \ntac8.external.dir=/mnt/external-hdd/tac8\n", Map.of(), Map.of());

        assertThat(settings.path(Setting.SPOOL_DIR)).isEqualTo(home.resolve("spool"));
        assertThat(settings.path(Setting.EXTERNAL_DIR)).isEqualTo(Path.of("/mnt/external-hdd/tac8"));
        assertThat(settings.isDefault(Setting.EXTERNAL_DIR)).isFalse();
        assertThat(settings.toProperties()).containsEntry("tac8.spool.dir", home.resolve("spool").toString());
    }

    @ParameterizedTest
    @CsvSource({"spool.dir=d; external.dir=d, external.dir, the same folder as, spool.dir",
            "spool.dir=d; local.dir=d, local.dir, the same folder as, spool.dir",
            "spool.dir=s; local.dir=s/done/l, local.dir, inside, spool.dir",
            "spool.dir=s; external.dir=s/e, external.dir, inside, spool.dir",
            "spool.dir=d; external.dir=link, external.dir, the same folder as, spool.dir",
            "spool.dir=d; local.dir=link/new/one, local.dir, inside, spool.dir",
            "spool.dir=link/s; local.dir=d/s/one, local.dir, inside, spool.dir",
            "local.dir=d; external.dir=link, local.dir, the same folder as, external.dir",
            "external.dir=e; local.dir=e/l, local.dir, inside, external.dir",
            "external.dir=e; spool.dir=e/s, spool.dir, inside, external.dir",
            "spool.dir=s; conversations.dir=s/done, conversations.dir, inside, spool.dir"})
    void refusesAFolderThatLiesWhereItMustNotHoweverItIsReached(String given, String inner, String relation, String outer) throws Exception {
        Files.createDirectories(home.resolve("d"));
        Files.createSymbolicLink(home.resolve("link"), home.resolve("d"));
        Settings settings = folders(given);

        assertThatThrownBy(settings::checkFolders).isInstanceOf(SettingsException.class)
                .hasMessageStartingWith("tac8." + inner + " (" + home).hasMessageContaining(") is " + relation + " tac8." + outer + " (" + home)
                .hasMessageEndingWith(": name another folder");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "local.dir=v; spool.dir=v/spool; conversations.dir=v/conversations; external.dir=mnt/disk",
            "local.dir=v; external.dir=v/external", "conversations.dir=.", "spool.dir=link/spool; local.dir=d/local; external.dir=link/external"})
    void takesFoldersThatAreInNobodysWay(String given) throws Exception {
        Files.createDirectories(home.resolve("d"));
        Files.createSymbolicLink(home.resolve("link"), home.resolve("d"));

        folders(given).checkFolders();
    }

    @Test
    void refusesAFileForAFolder() throws Exception {
        Files.createFile(home.resolve("file"));

        for (String given : List.of("file", "file/below")) {
            assertThatThrownBy(() -> load("tac8.local.dir=" + given + "\n", Map.of(), Map.of()).checkFolders())
                    .isInstanceOf(SettingsException.class).hasMessage("tac8.local.dir is " + home.resolve(given) + ", but "
                            + home.resolve("file") + " is no folder: name another one");
        }
    }

    private Settings folders(String given) throws Exception {
        return load(given.isEmpty() ? "" : "tac8." + given.replace("; ", "\ntac8.") + "\n", Map.of(), Map.of());
    }

    @Test
    void takesSeveralFoldersWithACommaBetween() throws Exception {
        Settings settings = load("tac8.conversations.dir=logs, /srv/agents/../logs ,a b\n", Map.of(), Map.of());

        assertThat(settings.paths(Setting.CONVERSATIONS_DIR))
                .containsExactly(home.resolve("logs"), Path.of("/srv/logs"), home.resolve("a b"));
        assertThat(settings.toProperties())
                .containsEntry("tac8.conversations.dir", home.resolve("logs") + ",/srv/logs," + home.resolve("a b"));
    }

    @Test
    void refusesAnEmptyFolderAmongSeveral() {
        for (String value : List.of("", ",", "logs,", ",logs", "logs, ,more")) {
            assertThatThrownBy(() -> load("", Map.of(), Map.of("tac8.conversations.dir", value))).as(value)
                    .isInstanceOf(SettingsException.class).hasMessage("tac8.conversations.dir is \"" + value
                            + "\" (in -D); it must be a folder, or several with a comma between each two");
        }
    }

    @Test
    void handsCamelsOwnSettingsOnAsTheyAre() throws Exception {
        assertThat(load("camel.main.name=mine\n", Map.of(), Map.of("camel.main.shutdownTimeout", "3")).toProperties())
                .containsEntry("camel.main.name", "mine").containsEntry("camel.main.shutdownTimeout", "3");
    }

    @Test
    void refusesAFileThatIsNotThereOrNotReadable() throws IOException {
        assertThatThrownBy(() -> Settings.load(home.resolve("nowhere"), Map.of(), Map.of())).isInstanceOf(SettingsException.class)
                .hasMessageContaining("application.properties");
        assertThatThrownBy(() -> load("camel.main.name=\\u12\n", Map.of(), Map.of())).isInstanceOf(SettingsException.class)
                .hasMessageContaining("application.properties");
    }

    private Settings load(String file, Map<String, String> environment, Map<String, String> overrides)
            throws SettingsException, IOException {
        Files.write(home.resolve(Settings.FILE), file.getBytes(StandardCharsets.ISO_8859_1));
        return Settings.load(home, environment, overrides);
    }
}
