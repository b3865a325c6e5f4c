#!/usr/bin/env bash
# Camel resolves a {{placeholder}} from the environment before the properties that were set to override everything.
#
# Package:   org.apache.camel:camel-main 4.18.0 (with camel-log, camel-timer)
# Expected:  Main.setOverrideProperties: "special override properties that take precedence and will use first, if a property exist".
# Seen:      with SPOOL_DIR=from-environment set, {{spool.dir}} is from-environment although the override says from-override; so is
#            the answer of PropertiesComponent.resolveProperty. With setEnvironmentVariableMode(0) it is from-override.
# Matters:   a program that works out its settings (command line over environment over file) and hands Camel the result as overrides
#            has two readers of one setting. In tac8 a rebuild into a scratch folder consumed the live spool.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >pom.xml <<'POM'
<project><modelVersion>4.0.0</modelVersion><groupId>x</groupId><artifactId>x</artifactId><version>1</version><dependencies>
<dependency><groupId>org.apache.camel</groupId><artifactId>camel-main</artifactId><version>4.18.0</version></dependency>
</dependencies></project>
POM
mvn -q -B org.apache.maven.plugins:maven-dependency-plugin:3.9.0:copy-dependencies -DoutputDirectory=lib
cat >Ask.java <<'JAVA'
import java.util.Properties;
import org.apache.camel.component.properties.PropertiesComponent;
import org.apache.camel.main.Main;

public class Ask {
    public static void main(String[] args) throws Exception {
        for (boolean off : new boolean[] {false, true}) {
            Main main = new Main();
            Properties override = new Properties();
            override.setProperty("spool.dir", "from-override");
            main.setDefaultPropertyPlaceholderLocation("false");
            main.setOverrideProperties(override);
            main.init();
            if (off) {
                ((PropertiesComponent) main.getCamelContext().getPropertiesComponent()).setEnvironmentVariableMode(0);
            }
            main.start();
            System.out.println((off ? "mode 0: " : "default: ") + main.getCamelContext().resolvePropertyPlaceholders("{{spool.dir}}") + " "
                    + main.getCamelContext().getPropertiesComponent().resolveProperty("spool.dir").get());
            main.stop();
        }
    }
}
JAVA
SPOOL_DIR=from-environment java -cp "lib/*" Ask.java 2>/dev/null | tee seen
diff seen - <<'SEEN'
default: from-environment from-environment
mode 0: from-override from-override
SEEN
echo "as stated"
