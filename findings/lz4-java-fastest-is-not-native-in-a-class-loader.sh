#!/usr/bin/env bash
# LZ4Factory.fastestInstance() is another one where lz4-java does not lie on the class path of the process.
#
# Package:   at.yawk.lz4:lz4-java 1.10.3, which kafka-clients 3.9.1 brings for compression.type=lz4
# Expected:  fastestInstance(), the only one that kafka-clients asks for, gives the JNI instance wherever its native library can be loaded.
# Seen:      on the class path it is LZ4Factory:JNI. The same jar in a URLClassLoader, as plug-ins, web applications and connectors have it, gives LZ4Factory:JavaSafe, with no
#            message, although nativeInstance() works there; only after somebody has called that does fastestInstance() give JNI there, too. Of JSON lines JNI compressed 804 MB/s
#            and JavaSafe 507 on the computer where this was seen, and JavaSafe has to be compiled by Java
#            first. The rule is told in the comment of that method, and in no document of Kafka's.
# Matters:   a Kafka client that a program loads as a plug-in spends more of the processor on compression than the same client in a test, and nothing says why.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >pom.xml <<'POM'
<project><modelVersion>4.0.0</modelVersion><groupId>x</groupId><artifactId>x</artifactId><version>1</version><dependencies>
<dependency><groupId>at.yawk.lz4</groupId><artifactId>lz4-java</artifactId><version>1.10.3</version></dependency>
</dependencies></project>
POM
mvn -q -B org.apache.maven.plugins:maven-dependency-plugin:3.9.0:copy-dependencies -DoutputDirectory=lib

cat >Fastest.java <<'JAVA'
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;

public class Fastest {
    static Object ask(ClassLoader loader, String method) throws Exception {
        return loader.loadClass("net.jpountz.lz4.LZ4Factory").getMethod(method).invoke(null);
    }

    public static void main(String[] jar) throws Exception {
        ClassLoader loader = jar.length == 0 ? Fastest.class.getClassLoader() : new URLClassLoader(new URL[] {Path.of(jar[0]).toUri().toURL()}, null);
        System.out.print((jar.length == 0 ? "class path: " : "class loader: ") + ask(loader, "fastestInstance"));
        System.out.print(", nativeInstance " + ask(loader, "nativeInstance"));
        System.out.println(", then " + ask(loader, "fastestInstance"));
    }
}
JAVA
javac -d . Fastest.java
java -cp .:lib/lz4-java-1.10.3.jar Fastest | tee seen
java -cp . Fastest lib/lz4-java-1.10.3.jar | tee -a seen
diff - seen <<'SEEN'
class path: LZ4Factory:JNI, nativeInstance LZ4Factory:JNI, then LZ4Factory:JNI
class loader: LZ4Factory:JavaSafe, nativeInstance LZ4Factory:JNI, then LZ4Factory:JNI
SEEN
