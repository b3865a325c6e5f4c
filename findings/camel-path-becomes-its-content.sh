#!/usr/bin/env bash
# In Camel's simple language a path prints what is in the file, not its name; for a folder it ends the route.
#
# Package:   org.apache.camel:camel-main and camel-direct 4.18.0 (camel-base's converters)
# Expected:  "${variable.folder}" in a log message, a body or a comparison prints what toString() does, as string concatenation in Java does.
# Seen:      text is made by Camel's type converters, and those from Path (and File) to String read the file: the message holds the content. A Path of a folder fails
#            with "Is a directory", one that names nothing with NoSuchFileException, and a comparison with its own name is false. A String of
#            the same path behaves as expected.
# Matters:   an object that a route carries must hand out paths as text: a log line else holds somebody's file, as large as it is, and a
#            message about a folder that is not there fails in the place where its absence was to be reported.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >pom.xml <<'POM'
<project><modelVersion>4.0.0</modelVersion><groupId>x</groupId><artifactId>x</artifactId><version>1</version><dependencies>
<dependency><groupId>org.apache.camel</groupId><artifactId>camel-main</artifactId><version>4.18.0</version></dependency>
<dependency><groupId>org.apache.camel</groupId><artifactId>camel-direct</artifactId><version>4.18.0</version></dependency>
<dependency><groupId>org.slf4j</groupId><artifactId>slf4j-nop</artifactId><version>2.0.17</version></dependency>
</dependencies></project>
POM
mvn -q -B org.apache.maven.plugins:maven-dependency-plugin:3.9.0:copy-dependencies -DoutputDirectory=lib
printf 'what is in it' >note.txt
mkdir folder
cat >Print.java <<'JAVA'
import java.io.File;
import java.nio.file.Path;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;

public class Print {
    public static void main(String[] args) throws Exception {
        try (var camel = new DefaultCamelContext()) {
            camel.addRoutes(new RouteBuilder() {
                @Override
                public void configure() {
                    from("direct:print").setBody().simple("of ${variable.file}");
                    from("direct:compare").setBody().simple("${variable.file} == 'note.txt'", Boolean.class);
                }
            });
            camel.start();
            for (String route : new String[] {"print", "compare"}) {
                for (Object file : new Object[] {"note.txt", new File("note.txt"), Path.of("note.txt"), Path.of("folder"), Path.of("missing")}) {
                    var exchange = camel.createFluentProducerTemplate().withVariable("file", file).to("direct:" + route).send();
                    Throwable failure = exchange.getException();
                    while (failure != null && failure.getCause() != null) {
                        failure = failure.getCause();
                    }
                    System.out.println(route + " " + file.getClass().getSimpleName().replaceAll("Unix", "") + " " + file + ": " + (failure == null ? exchange.getMessage().getBody() : failure));
                }
            }
        }
    }
}
JAVA
java -cp "lib/*" Print.java | sed "s|$work/||g" | tee seen
diff seen - <<'SEEN'
print String note.txt: of note.txt
print File note.txt: of what is in it
print Path note.txt: of what is in it
print Path folder: java.io.IOException: Is a directory
print Path missing: java.nio.file.NoSuchFileException: missing
compare String note.txt: true
compare File note.txt: false
compare Path note.txt: false
compare Path folder: false
compare Path missing: false
SEEN
