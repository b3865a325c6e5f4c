#!/usr/bin/env bash
# A second Camel context of the same name in one process takes all times of Quartz from the first: nothing fires again, without a word.
#
# Package:   org.apache.camel:camel-quartz, 4.18.0
# Expected:  a route from quartz: fires until its own context is stopped, whatever other contexts do.
# Seen:      once another context of the same name with a quartz: route has been started, even with autoStartup=false, and stopped again, the first
#            one's never fires again; its route is Started, and nothing is logged above DEBUG. The component names its scheduler after the context,
#            Quartz has one scheduler for each name in a process, and the second context puts itself in the place where each job looks for its
#            context. With a management name of its own for each, both schedulers are apart, and it fires on.
# Matters:   a context that is built to look at routes before they are taken (or in a test, or beside another as a trial) ends all schedules.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >Ask.java <<'JAVA'
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;

public class Ask {
    static DefaultCamelContext begin(String management, boolean starts, AtomicInteger fired) throws Exception {
        DefaultCamelContext context = new DefaultCamelContext();
        context.getCamelContextExtension().setName("one");
        context.setManagementName(management);
        context.setAutoStartup(starts);
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("quartz:tick?cron=*+*+*+*+*+?").routeId("tick").process(exchange -> fired.incrementAndGet());
            }
        });
        context.start();
        return context;
    }

    static String firesWithin3s(AtomicInteger fired) throws InterruptedException {
        int before = fired.get();
        Thread.sleep(3000);
        return fired.get() > before ? "fires" : "does not fire";
    }

    public static void main(String[] args) throws Exception {
        for (boolean apart : new boolean[] {false, true}) {
            AtomicInteger fired = new AtomicInteger();
            DefaultCamelContext first = begin(apart ? "a" : null, true, fired);
            String alone = firesWithin3s(fired);
            begin(apart ? "b" : null, false, new AtomicInteger()).stop();
            System.out.println(first.getVersion() + (apart ? ", management names of their own: " : ", one name: ") + alone + "; after another was there: "
                    + firesWithin3s(fired) + ", route " + first.getRouteController().getRouteStatus("tick"));
            first.stop();
        }
        System.exit(0);
    }
}
JAVA

for version in 4.18.0; do
    cat >pom.xml <<POM
<project><modelVersion>4.0.0</modelVersion><groupId>x</groupId><artifactId>x</artifactId><version>1</version><dependencies>
<dependency><groupId>org.apache.camel</groupId><artifactId>camel-core</artifactId><version>$version</version></dependency>
<dependency><groupId>org.apache.camel</groupId><artifactId>camel-quartz</artifactId><version>$version</version></dependency>
</dependencies></project>
POM
    mvn -q -B org.apache.maven.plugins:maven-dependency-plugin:3.9.0:copy-dependencies -DoutputDirectory="lib-$version" >&2
    java -cp "lib-$version/*" Ask.java 2>/dev/null
done | tee seen
diff seen - <<'SEEN'
4.18.0, one name: fires; after another was there: does not fire, route Started
4.18.0, management names of their own: fires; after another was there: fires, route Started
SEEN
echo "as stated"
