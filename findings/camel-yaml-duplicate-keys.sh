#!/usr/bin/env bash
# A route file that names a key twice loads without a word in Camel's YAML: lists of steps are joined, of anything else the last counts.
#
# Package:   org.apache.camel:camel-yaml-dsl 4.18.0 (over snakeyaml-engine 3.0.1), with camel-main and camel-direct
# Expected:  an error with file and line: keys of a YAML mapping are unique (YAML 1.2.2, section 3.2.1.3), and snakeyaml-engine refuses
#            them by default ("allowDuplicateKeys" is false).
# Seen:      two "steps" of one "from" both run, one after the other; of two "parameters" only the last one is taken, and the first one's
#            timeout is back at its default; of two "id" the second counts. Camel composes nodes and never builds the map, so the library's check does not run.
# Matters:   a merge that leaves a key twice takes an option out of a route, or runs a step twice, and nothing says so; a YAML editor that
#            loads the file by the standard refuses it, or shows another route than the one that runs.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >pom.xml <<'POM'
<project><modelVersion>4.0.0</modelVersion><groupId>x</groupId><artifactId>x</artifactId><version>1</version><dependencies>
<dependency><groupId>org.apache.camel</groupId><artifactId>camel-main</artifactId><version>4.18.0</version></dependency>
<dependency><groupId>org.apache.camel</groupId><artifactId>camel-direct</artifactId><version>4.18.0</version></dependency>
<dependency><groupId>org.apache.camel</groupId><artifactId>camel-yaml-dsl</artifactId><version>4.18.0</version></dependency>
</dependencies></project>
POM
mvn -q -B org.apache.maven.plugins:maven-dependency-plugin:3.9.0:copy-dependencies -DoutputDirectory=lib
cat >twice.camel.yaml <<'YAML'
- route:
    id: steps-twice
    from:
      uri: direct:steps-twice
      steps:
        - setBody: {constant: first}
      steps:
        - setHeader: {name: second, constant: "yes"}
- route:
    id: id-twice-first
    id: id-twice-second
    from:
      uri: direct:id-twice
      parameters: {timeout: 5}
      parameters: {block: false}
      steps:
        - setHeader: {name: second, constant: "no"}
YAML
cat >Ask.java <<'JAVA'
import org.apache.camel.main.Main;

public class Ask {
    public static void main(String[] args) throws Exception {
        Main main = new Main();
        main.setDefaultPropertyPlaceholderLocation("false");
        main.configure().setRoutesIncludePattern("file:twice.camel.yaml");
        main.start();
        for (var route : main.getCamelContext().getRoutes()) {
            var message = main.getCamelContext().createFluentProducerTemplate().withBody("untouched").to(route.getEndpoint()).send().getMessage();
            System.out.println(route.getId() + " " + route.getEndpoint().getEndpointUri() + ": body " + message.getBody() + ", second " + message.getHeader("second"));
        }
        main.stop();
    }
}
JAVA
java -cp "lib/*" Ask.java 2>/dev/null | tee seen
diff seen - <<'SEEN'
steps-twice direct://steps-twice: body first, second yes
id-twice-second direct://id-twice?block=false: body untouched, second no
SEEN
echo "as stated"
