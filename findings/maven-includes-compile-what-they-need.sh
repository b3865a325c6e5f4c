#!/usr/bin/env bash
# maven-compiler-plugin's <includes> does not limit what is compiled, and what comes along is never compiled again when it changes.
#
# Package:   org.apache.maven.plugins:maven-compiler-plugin 3.14.1 with maven-jar-plugin 3.5.0, JDK 17 or later
# Expected:  with <include>api/*.java</include> the sources outside api/ are left out ("a list of inclusion filters for the compiler"), so a class of
#            api/ that needs one of them does not compile; and if it does, a change of any source that went into the jar is seen.
# Seen:      javac is given the whole source root as its -sourcepath, finds the needed classes there and compiles them too: the jar holds exactly the
#            included classes and what they lean on, and not the rest. But the check for changes looks at the included files only: after an edit
#            of a class that came along the plugin says "Nothing to compile", and the jar keeps the old one, through package and install alike.
# Matters:   it makes a thin jar out of part of a project without a module of its own, which is welcome; but such a build is right only with clean.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >pom.xml <<'POM'
<project><modelVersion>4.0.0</modelVersion><groupId>x</groupId><artifactId>x</artifactId><version>1</version>
<properties><maven.compiler.release>17</maven.compiler.release><project.build.sourceEncoding>UTF-8</project.build.sourceEncoding></properties>
<build><finalName>thin</finalName><plugins>
<plugin><groupId>org.apache.maven.plugins</groupId><artifactId>maven-resources-plugin</artifactId><version>3.4.0</version></plugin>
<plugin><groupId>org.apache.maven.plugins</groupId><artifactId>maven-compiler-plugin</artifactId><version>3.14.1</version>
<configuration><includes><include>api/*.java</include></includes></configuration></plugin>
<plugin><groupId>org.apache.maven.plugins</groupId><artifactId>maven-surefire-plugin</artifactId><version>3.5.4</version></plugin>
<plugin><groupId>org.apache.maven.plugins</groupId><artifactId>maven-jar-plugin</artifactId><version>3.5.0</version></plugin>
<plugin><groupId>org.apache.maven.plugins</groupId><artifactId>maven-clean-plugin</artifactId><version>3.5.0</version></plugin>
</plugins></build></project>
POM
mkdir -p src/main/java/api src/main/java/core
echo 'package api; public class Log { public static void main(String[] a) { System.out.println(core.Words.greeting()); } }' >src/main/java/api/Log.java
echo 'package core; public class Words { public static String greeting() { return Deeper.word() + " one"; } }' >src/main/java/core/Words.java
echo 'package core; class Deeper { static String word() { return "edition"; } }' >src/main/java/core/Deeper.java
echo 'package core; public class Unused { }' >src/main/java/core/Unused.java
build() {
    mvn -B "$@" -DskipTests | sed 's/\x1b\[[0-9;]*m//g' | grep -oE 'Nothing to compile|Recompiling the module' | head -1
    java -cp target/thin.jar api.Log
}
{
    build package
    unzip -l target/thin.jar | grep -oE '[a-z]+/[A-Z][a-z]+\.class' | sort
    sed -i 's/ one/ two/' src/main/java/core/Words.java
    touch -d '+1 minute' src/main/java/core/Words.java
    build package
    build clean package
} | tee seen
diff seen - <<'SEEN'
Recompiling the module
edition one
api/Log.class
core/Deeper.class
core/Words.class
Nothing to compile
edition one
Recompiling the module
edition two
SEEN
