#!/usr/bin/env bash
# A Camel Main that was stopped stays in memory, with its context, its routes and all that these hold, until the process ends.
#
# Package:   org.apache.camel:camel-main, 4.18.0 and 4.22.0
# Expected:  after stop() and the last use of it, a Main and its CamelContext are garbage, as a DefaultCamelContext is after close().
# Seen:      of five that were built, started and stopped none is. init() registers a shutdown hook with Java's runtime, which holds the Main, and
#            stop() does not remove it. With a SimpleMainShutdownStrategy, which has no hook, all five are gone.
# Matters:   whoever builds a context now and then to look at routes before they are taken, or in each test, runs out of memory one day.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >Ask.java <<'JAVA'
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.main.Main;
import org.apache.camel.main.SimpleMainShutdownStrategy;

public class Ask {
    static Object one(String how) throws Exception {
        if (how.equals("DefaultCamelContext")) {
            try (var context = new DefaultCamelContext()) {
                context.start();
                return context;
            }
        }
        Main main = new Main();
        if (how.equals("Main without a hook")) {
            main.setShutdownStrategy(new SimpleMainShutdownStrategy());
        }
        main.init();
        main.start();
        Object context = main.getCamelContext();
        main.stop();
        return context;
    }

    public static void main(String[] args) throws Exception {
        for (String how : new String[] {"DefaultCamelContext", "Main", "Main without a hook"}) {
            List<WeakReference<Object>> made = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                made.add(new WeakReference<>(one(how)));
            }
            // One more, so that nothing that only knows the last one counts.
            one(how);
            for (int i = 0; i < 50 && made.stream().anyMatch(context -> context.get() != null); i++) {
                System.gc();
                Thread.sleep(20);
            }
            System.out.println(new DefaultCamelContext().getVersion() + ", " + how + ": " + made.stream().filter(context -> context.get() != null).count()
                    + " of 5 still in memory");
        }
        System.exit(0);
    }
}
JAVA

for version in 4.18.0 4.22.0; do
    cat >pom.xml <<POM
<project><modelVersion>4.0.0</modelVersion><groupId>x</groupId><artifactId>x</artifactId><version>1</version><dependencies>
<dependency><groupId>org.apache.camel</groupId><artifactId>camel-main</artifactId><version>$version</version></dependency>
</dependencies></project>
POM
    mvn -q -B org.apache.maven.plugins:maven-dependency-plugin:3.9.0:copy-dependencies -DoutputDirectory="lib-$version" >&2
    java -cp "lib-$version/*" Ask.java 2>/dev/null
done | tee seen
diff seen - <<'SEEN'
4.18.0, DefaultCamelContext: 0 of 5 still in memory
4.18.0, Main: 5 of 5 still in memory
4.18.0, Main without a hook: 0 of 5 still in memory
4.22.0, DefaultCamelContext: 0 of 5 still in memory
4.22.0, Main: 5 of 5 still in memory
4.22.0, Main without a hook: 0 of 5 still in memory
SEEN
echo "as stated"
