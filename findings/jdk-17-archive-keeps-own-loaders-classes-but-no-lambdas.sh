#!/usr/bin/env bash
# A dynamic class archive of JDK 17 holds the classes of an own class loader, but of their lambdas none.
#
# Package:   OpenJDK 17 (seen with 17.0.15), and kafka-clients 3.9.1 as a library with many lambdas
# Expected:  what -XX:ArchiveClassesAtExit keeps of a class is the same whichever loader has loaded it; or nothing of a loader that is not the application's.
# Seen:      the class Errors comes from the archive both on the class path and in a URLClassLoader ("shared objects file (top)" in -Xlog:class+load). Of the 129 lambdas with which
#            it makes its constants all come from the archive on the class path, and in the URLClassLoader each of them is made anew at each start. Nothing says so.
# Matters:   a plug-in's libraries in a loader of their own start hardly faster with an archive that was made for them: of a Kafka client's start the archive spared 0.4 s of processor time
#            on the class path, and less than 0.1 s in a loader of its own, on the computer where this was seen.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
java -version 2>&1 | grep -q 'version "17\.' || { echo "needs a JDK 17 on PATH" >&2; exit 2; }

cat >pom.xml <<'POM'
<project><modelVersion>4.0.0</modelVersion><groupId>x</groupId><artifactId>x</artifactId><version>1</version><dependencies>
<dependency><groupId>org.apache.kafka</groupId><artifactId>kafka-clients</artifactId><version>3.9.1</version></dependency>
<dependency><groupId>org.slf4j</groupId><artifactId>slf4j-nop</artifactId><version>1.7.36</version></dependency>
</dependencies></project>
POM
mvn -q -B org.apache.maven.plugins:maven-dependency-plugin:3.9.0:copy-dependencies -DoutputDirectory=lib

mkdir main
cat >Load.java <<'JAVA'
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;

public class Load {
    public static void main(String[] jars) throws Exception {
        URL[] urls = new URL[jars.length];
        for (int i = 0; i < jars.length; i++) {
            urls[i] = Path.of(jars[i]).toUri().toURL();
        }
        ClassLoader loader = jars.length == 0 ? Load.class.getClassLoader() : new URLClassLoader(urls, Load.class.getClassLoader());
        Class.forName("org.apache.kafka.common.protocol.Errors", true, loader);
    }
}
JAVA
javac -d main Load.java
jar -c -f main.jar -C main .
jars=$(echo lib/*.jar | tr ' ' ':')

# $1 says where they are, $2 is the class path, the others are what the own class loader has.
look() {
    where=$1
    path=$2
    shift 2
    java -Xlog:disable -XX:ArchiveClassesAtExit="$where.jsa" -cp "$path" Load "$@"
    java -Xshare:on -XX:SharedArchiveFile="$where.jsa" -Xlog:disable -Xlog:class+load:file="$where.log" -cp "$path" Load "$@"
    grep -c 'protocol\.Errors source: shared objects file (top)' "$where.log" | sed "s/^/$where: the class from the archive /"
    echo "$where: its lambdas from the archive $(grep 'Errors\$\$Lambda' "$where.log" | grep -c 'shared objects file (top)' || true), made anew $(grep 'Errors\$\$Lambda' "$where.log" | grep -vc 'shared objects file' || true)"
}
{
    look path "main.jar:$jars"
    look loader main.jar lib/*.jar
} | tee seen
diff - seen <<'SEEN'
path: the class from the archive 1
path: its lambdas from the archive 129, made anew 0
loader: the class from the archive 1
loader: its lambdas from the archive 0, made anew 129
SEEN
