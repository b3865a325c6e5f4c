#!/usr/bin/env bash
# Camel's streaming splitter closes a body before its last part has been processed.
#
# Package:   org.apache.camel:camel-main and camel-direct, 4.18.0 and 4.22.0
# Expected:  a body that is Iterable and Closeable, a file or a cursor say, stays open until the split is over: its parts may refer to it.
# Seen:      a body of one part is closed before that part is processed; one of three after the second part and before the third. The
#            splitter asks the iterator for one more before it processes what it has, and closes body and iterator at the end of the data.
#            An AutoCloseable body is never closed.
# Matters:   what each part still reads from its body works for every part but the last, and so never for a file of a single chunk.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >Ask.java <<'JAVA'
import java.io.Closeable;
import java.util.Iterator;
import java.util.stream.IntStream;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;

public class Ask {
    static final StringBuilder SEEN = new StringBuilder();

    record File(int parts) implements Iterable<Integer>, Closeable {
        public Iterator<Integer> iterator() {
            return IntStream.rangeClosed(1, parts).iterator();
        }

        public void close() {
            SEEN.append(" close");
        }
    }

    record Cursor(int parts) implements Iterable<Integer>, AutoCloseable {
        public Iterator<Integer> iterator() {
            return IntStream.rangeClosed(1, parts).iterator();
        }

        public void close() {
            SEEN.append(" close");
        }
    }

    public static void main(String[] args) throws Exception {
        try (var camel = new DefaultCamelContext()) {
            camel.addRoutes(new RouteBuilder() {
                @Override
                public void configure() {
                    from("direct:split").split(body()).streaming().process(part -> SEEN.append(" ").append(part.getMessage().getBody())).end();
                }
            });
            camel.start();
            for (Object body : new Object[] {new File(1), new File(3), new Cursor(3)}) {
                SEEN.setLength(0);
                camel.createProducerTemplate().sendBody("direct:split", body);
                System.out.println(camel.getVersion() + ", " + body + ":" + SEEN);
            }
        }
    }
}
JAVA
for version in 4.18.0 4.22.0; do
    cat >pom.xml <<POM
<project><modelVersion>4.0.0</modelVersion><groupId>x</groupId><artifactId>x</artifactId><version>1</version><dependencies>
<dependency><groupId>org.apache.camel</groupId><artifactId>camel-main</artifactId><version>$version</version></dependency>
<dependency><groupId>org.apache.camel</groupId><artifactId>camel-direct</artifactId><version>$version</version></dependency>
</dependencies></project>
POM
    mvn -q -B org.apache.maven.plugins:maven-dependency-plugin:3.9.0:copy-dependencies -DoutputDirectory="lib-$version" >&2
    java -cp "lib-$version/*" Ask.java 2>/dev/null
done | tee seen
diff seen - <<'SEEN'
4.18.0, File[parts=1]: close 1
4.18.0, File[parts=3]: 1 2 close 3
4.18.0, Cursor[parts=3]: 1 2 3
4.22.0, File[parts=1]: close 1
4.22.0, File[parts=3]: 1 2 close 3
4.22.0, Cursor[parts=3]: 1 2 3
SEEN
echo "as stated"
