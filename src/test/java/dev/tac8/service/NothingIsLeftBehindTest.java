package dev.tac8.service;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tac8.Home;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.management.ObjectName;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Looking at edited files builds all routes; a service that lives for months must not keep what it built. */
class NothingIsLeftBehindTest {
    private static final int LOOKS = 8;

    @Test
    void aLookAtTheRoutesLeavesNoContextInMemory(@TempDir Path dir) throws Exception {
        Home home = new Home(dir);
        long before = contexts();
        for (int i = 0; i < LOOKS; i++) {
            assertThat(Service.faultsOfRoutes(home.settings())).isEmpty();
        }
        // The last one may be known to a thread that has just ended.
        assertThat(contexts()).isLessThan(before + LOOKS / 2);
    }

    /** How many are in memory behind a full collection. */
    private static long contexts() throws Exception {
        String histogram = (String) ManagementFactory.getPlatformMBeanServer().invoke(new ObjectName("com.sun.management:type=DiagnosticCommand"),
                "gcClassHistogram", new Object[] {new String[0]}, new String[] {String[].class.getName()});
        Matcher line = Pattern.compile("(?m)^ *\\d+: *(\\d+) +\\d+ +" + Pattern.quote(DefaultCamelContext.class.getName()) + "( |$)").matcher(histogram);
        return line.find() ? Long.parseLong(line.group(1)) : 0;
    }
}
