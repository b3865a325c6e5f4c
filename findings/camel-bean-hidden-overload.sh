#!/usr/bin/env bash
# A method that a route may not call makes the one that it calls ambiguous.
#
# Package:   org.apache.camel:camel-main, camel-bean and camel-direct 4.18.0
# Expected:  bean(x, "say") calls the one public method of that name; overloads that are not public do not count, since Camel cannot call them.
# Seen:      a package-private overload with more parameters ends the exchange with AmbiguousMethodCallException, which names it as a candidate. As a private
#            one it does no harm. With the two arguments written out, "say(${exchange}, ${variable.next})", the call works beside both.
# Matters:   a helper method added beside the bean's own breaks routes that nobody touched, at run time and not at the start. If the
#            bean is the one that reports failures, they are no longer reported at all.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >pom.xml <<'POM'
<project><modelVersion>4.0.0</modelVersion><groupId>x</groupId><artifactId>x</artifactId><version>1</version><dependencies>
<dependency><groupId>org.apache.camel</groupId><artifactId>camel-main</artifactId><version>4.18.0</version></dependency>
<dependency><groupId>org.apache.camel</groupId><artifactId>camel-bean</artifactId><version>4.18.0</version></dependency>
<dependency><groupId>org.apache.camel</groupId><artifactId>camel-direct</artifactId><version>4.18.0</version></dependency>
<dependency><groupId>org.slf4j</groupId><artifactId>slf4j-simple</artifactId><version>2.0.17</version></dependency>
</dependencies></project>
POM
mvn -q -B org.apache.maven.plugins:maven-dependency-plugin:3.9.0:copy-dependencies -DoutputDirectory=lib
cat >Hidden.java <<'JAVA'
import org.apache.camel.Exchange;
import org.apache.camel.Variable;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;

public class Hidden {
    public static class Alone {
        public void say(Exchange exchange, @Variable("next") String next) {
            exchange.getMessage().setBody("said, and " + next);
        }
    }

    public static class BesidePrivate extends Alone {
        @Override
        public void say(Exchange exchange, @Variable("next") String next) {
            super.say(exchange, next);
        }

        private void say(Thread log, String file, Exception failure, String next) {
        }
    }

    public static class BesidePackagePrivate extends Alone {
        @Override
        public void say(Exchange exchange, @Variable("next") String next) {
            super.say(exchange, next);
        }

        void say(Thread log, String file, Exception failure, String next) {
        }
    }

    public static void main(String[] args) throws Exception {
        try (var camel = new DefaultCamelContext()) {
            camel.addRoutes(new RouteBuilder() {
                @Override
                public void configure() {
                    errorHandler(noErrorHandler());
                    for (Object bean : new Object[] {new Alone(), new BesidePrivate(), new BesidePackagePrivate()}) {
                        String name = bean.getClass().getSimpleName();
                        from("direct:" + name).setVariable("next", constant("goes on")).bean(bean, "say");
                        from("direct:" + name + "-values").setVariable("next", constant("goes on")).bean(bean, "say(${exchange}, ${variable.next})");
                    }
                }
            });
            camel.start();
            for (String name : new String[] {"Alone", "BesidePrivate", "BesidePackagePrivate"}) {
                for (String values : new String[] {"", "-values"}) {
                    Exchange exchange = camel.createFluentProducerTemplate().to("direct:" + name + values).send();
                    System.out.println(name + values + ": " + (exchange.getException() == null ? exchange.getMessage().getBody()
                            : exchange.getException().getClass().getSimpleName()));
                }
            }
        }
    }
}
JAVA
java -cp "lib/*" Hidden.java 2>/dev/null | tee seen
diff seen - <<'SEEN'
Alone: said, and goes on
Alone-values: said, and goes on
BesidePrivate: said, and goes on
BesidePrivate-values: said, and goes on
BesidePackagePrivate: AmbiguousMethodCallException
BesidePackagePrivate-values: said, and goes on
SEEN
