#!/usr/bin/env bash
# The JSON schema that camel-yaml-dsl ships refuses numbers and booleans where Camel's own YAML reader takes them.
#
# Package:   org.apache.camel:camel-main, camel-yaml-dsl, camel-direct 4.18.0 and 4.22.0; com.networknt:json-schema-validator 1.5.8
# Expected:  a route that Camel loads and runs is valid by the schema in the same jar, which editors and validators use.
# Seen:      `constant: 0` and `constant: true` run, and give the texts 0 and true; the schema wants strings or objects there, and refuses both
#            with some thirty messages each, most of them on properties that the other expression languages require.
#            `redeliveryDelay: 500` is refused, too; `maximumRedeliveries: 3` beside it, and a timer's `delay: 1`, are not.
# Matters:   a check of routes by the schema fails on routes that work, and the one message that helps stands among dozens.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >route.yaml <<'YAML'
- route:
    id: say
    from:
      uri: direct:say
      steps:
        - setVariable: {name: count, constant: 0}
        - setVariable: {name: flag, constant: true}
        - setBody: {simple: "${variable.count} ${variable.flag}"}
YAML
sed 's/constant: \(0\|true\)/constant: "\1"/' route.yaml >quoted.yaml
cat >policy.yaml <<'YAML'
- routeConfiguration:
    id: again
    errorHandler:
      defaultErrorHandler:
        redeliveryPolicy: {maximumRedeliveries: 3, redeliveryDelay: 500}
YAML
cat >timer.yaml <<'YAML'
- route:
    id: tick
    from:
      uri: timer:tick
      parameters: {delay: 1, period: 60000}
      steps:
        - log: {message: tick}
YAML
cat >Ask.java <<'JAVA'
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

public class Ask {
    public static void main(String[] args) throws Exception {
        var json = new ObjectMapper();
        var schema = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V4).getSchema(json.readTree(Ask.class.getResourceAsStream("/schema/camelYamlDsl.json")));
        for (String file : new String[] {"route.yaml", "quoted.yaml", "policy.yaml", "timer.yaml"}) {
            var yaml = new Load(LoadSettings.builder().build()).loadFromString(Files.readString(Path.of(file)));
            boolean valid = schema.validate(json.valueToTree(yaml)).isEmpty();
            try (var camel = new DefaultCamelContext()) {
                PluginHelper.getRoutesLoader(camel).loadRoutes(ResourceHelper.resolveMandatoryResource(camel, "file:" + file));
                camel.start();
                Object said = camel.getRoute("say") == null ? "loaded" : "says " + camel.createProducerTemplate().requestBody("direct:say", "");
                System.out.println(camel.getVersion() + " " + file + ": " + said + ", " + (valid ? "valid" : "refused") + " by the schema");
            }
        }
    }
}
JAVA
for version in 4.18.0 4.22.0; do
    cat >pom.xml <<POM
<project><modelVersion>4.0.0</modelVersion><groupId>x</groupId><artifactId>x</artifactId><version>1</version><dependencies>
<dependency><groupId>org.apache.camel</groupId><artifactId>camel-main</artifactId><version>$version</version></dependency>
<dependency><groupId>org.apache.camel</groupId><artifactId>camel-yaml-dsl</artifactId><version>$version</version></dependency>
<dependency><groupId>org.apache.camel</groupId><artifactId>camel-direct</artifactId><version>$version</version></dependency>
<dependency><groupId>org.apache.camel</groupId><artifactId>camel-timer</artifactId><version>$version</version></dependency>
<dependency><groupId>org.apache.camel</groupId><artifactId>camel-log</artifactId><version>$version</version></dependency>
<dependency><groupId>com.networknt</groupId><artifactId>json-schema-validator</artifactId><version>1.5.8</version></dependency>
</dependencies></project>
POM
    mvn -q -B org.apache.maven.plugins:maven-dependency-plugin:3.9.0:copy-dependencies -DoutputDirectory="lib-$version" >&2
    java -cp "lib-$version/*" Ask.java 2>/dev/null
done | tee seen
diff seen - <<'SEEN'
4.18.0 route.yaml: says 0 true, refused by the schema
4.18.0 quoted.yaml: says 0 true, valid by the schema
4.18.0 policy.yaml: loaded, refused by the schema
4.18.0 timer.yaml: loaded, valid by the schema
4.22.0 route.yaml: says 0 true, refused by the schema
4.22.0 quoted.yaml: says 0 true, valid by the schema
4.22.0 policy.yaml: loaded, refused by the schema
4.22.0 timer.yaml: loaded, valid by the schema
SEEN
echo "as stated"
