#!/usr/bin/env bash
# In Camel's simple language ${variable.run.moved} does not call moved() if the class also has a method moved with one parameter: it calls that
# one, with the message body, which the expression does not mention.
#
# Package:   org.apache.camel:camel-core-languages, camel-bean 4.18.0 (by camel-main 4.18.0)
# Expected:  the documentation of the Object-Graph Navigation Language in simple shows ${body.address.street} as a chain of getters and methods without
#            arguments; parentheses with values are how arguments are given. An overload with a parameter should not be looked at.
# Seen:      for a run with moved() = 7 and moved(Object) the expression gives what moved(Object) returns for the body; if a class gets that overload,
#            the answer of a route that was not touched changes. With parentheses, ${variable.run.moved()}, it is 7.
# Matters:   conditions of loops and filters read numbers in this way; an overload added to a class years later makes a loop end, or not end.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >pom.xml <<'POM'
<project><modelVersion>4.0.0</modelVersion><groupId>x</groupId><artifactId>x</artifactId><version>1</version><dependencies>
<dependency><groupId>org.apache.camel</groupId><artifactId>camel-main</artifactId><version>4.18.0</version></dependency>
<dependency><groupId>org.apache.camel</groupId><artifactId>camel-bean</artifactId><version>4.18.0</version></dependency>
</dependencies></project>
POM
mvn -q -B org.apache.maven.plugins:maven-dependency-plugin:3.9.0:copy-dependencies -DoutputDirectory=lib
cat >Ask.java <<'JAVA'
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;

public class Ask {
    public static class Plain {
        public long moved() {
            return 7;
        }
    }

    public static class Overloaded {
        public long moved() {
            return 7;
        }

        public String moved(Object what) {
            return "asked about " + what;
        }
    }

    public static void main(String[] args) throws Exception {
        try (var camel = new DefaultCamelContext()) {
            camel.start();
            for (Object run : new Object[] {new Plain(), new Overloaded()}) {
                for (String text : new String[] {"${variable.run.moved}", "${variable.run.moved()}"}) {
                    var exchange = new DefaultExchange(camel);
                    exchange.setVariable("run", run);
                    exchange.getMessage().setBody("the body");
                    System.out.println(run.getClass().getSimpleName() + " " + text + ": "
                            + camel.resolveLanguage("simple").createExpression(text).evaluate(exchange, Object.class));
                }
            }
        }
    }
}
JAVA
java -cp "lib/*" Ask.java 2>/dev/null | tee seen
diff seen - <<'SEEN'
Plain ${variable.run.moved}: 7
Plain ${variable.run.moved()}: 7
Overloaded ${variable.run.moved}: asked about the body
Overloaded ${variable.run.moved()}: 7
SEEN
echo "as stated"
