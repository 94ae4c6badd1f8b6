package cordwood.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The launcher, in a tree of its own with made-up JDKs and a made-up Maven. It looks for a JDK 99,
 * so that no real one of this machine is found.
 */
final class LauncherTest {

    private static final Instant BUILT = Instant.parse("2026-01-01T00:00:00Z");

    @TempDir Path directory;

    private Path tree;
    private Path tools;
    private final Map<String, String> environment = new HashMap<>();

    private record Outcome(int exit, String out, String err) {}

    @BeforeEach
    void plantTheTree() throws Exception {
        tree = Files.createDirectories(directory.resolve("a tree"));
        tools = Files.createDirectories(directory.resolve("tools"));
        for (String tool :
                List.of(
                        "bash",
                        "cat",
                        "cut",
                        "dirname",
                        "readlink",
                        "grep",
                        "sed",
                        "sleep",
                        "find",
                        "head",
                        "mkdir",
                        "touch",
                        "mv",
                        "paste",
                        "sort",
                        "tee")) {
            passOn(tool);
        }
        String launcher = SourceTree.read(SourceTree.ROOT.resolve("cordwood"));
        write(tree.resolve("cordwood"), launcher.replace("jdk_version=25", "jdk_version=99"));
        makeExecutable(tree.resolve("cordwood"));
        write(tree.resolve("pom.xml"), "<project/>");
        write(tree.resolve("store/src/main/java/A.java"), "class A {}");
        write(tree.resolve("store/src/test/java/ATest.java"), "class ATest {}");
        write(tree.resolve("target/launcher-build.stamp"), "");
        for (Path file : files(tree)) {
            Files.setLastModifiedTime(file, FileTime.from(BUILT));
        }
        environment.put("PATH", tools.toString());
        environment.put("HOME", directory.toString());
    }

    @Test
    void theLauncherAndTheGateAreExecutable() {
        assertThat(SourceTree.ROOT.resolve("cordwood")).isExecutable();
        assertThat(SourceTree.ROOT.resolve(".ci/run")).isExecutable();
    }

    @Test
    void javaHomeIsTakenWhenItIsTheRightOne() throws Exception {
        environment.put("JAVA_HOME", jdk("home", "99.0.1").toString());

        Outcome outcome = launch("explain", "--store", "a b");

        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.out())
                .startsWith("home: ")
                .contains(
                        "--enable-native-access=rocksdbjni,cordwood.memory.nativemodes,aircompressor.v3|-m|cordwood.cli/cordwood.cli.Main|explain|--store|a b|");
        assertThat(outcome.exit()).isZero();
    }

    @Test
    void aWrongJavaHomeIsPassedOverForTheOneOnThePath() throws Exception {
        environment.put("JAVA_HOME", jdk("old", "17.0.1").toString());
        Path right = jdk("right", "99");
        Files.createSymbolicLink(tools.resolve("java"), right.resolve("bin/java"));

        assertThat(launch().out()).startsWith("right: ");
    }

    @Test
    void aRuntimeWithoutCompilerIsPassedOverForTheOneInSdkman() throws Exception {
        Path runtime = jdk("runtime", "99");
        Files.delete(runtime.resolve("bin/javac"));
        environment.put("JAVA_HOME", runtime.toString());
        jdk(".sdkman/candidates/java/99-tem", "99");

        assertThat(launch().out()).startsWith("99-tem: ");
    }

    @Test
    void noJdkAtAllIsOneLineAndExitTwo() throws Exception {
        environment.put("JAVA_HOME", jdk("old", "9.9").toString());

        Outcome outcome = launch();

        assertThat(outcome.err())
                .isEqualTo(
                        "cordwood: needs a JDK 99 and found none: install one (such as Temurin 99) and set JAVA_HOME to it\n");
        assertThat(outcome.exit()).isEqualTo(ExitCode.USAGE);
    }

    @Test
    void noMavenWhenSomethingIsToBeBuiltIsOneLineAndExitTwo() throws Exception {
        environment.put("JAVA_HOME", jdk("home", "99").toString());
        Files.delete(tree.resolve("target/launcher-build.stamp"));

        Outcome outcome = launch();

        assertThat(outcome.err())
                .startsWith("cordwood: needs Maven")
                .contains("install Maven")
                .hasLineCount(1);
        assertThat(outcome.exit()).isEqualTo(ExitCode.USAGE);
    }

    @Test
    void onlyASourceNewerThanTheBuildIsBuiltAgain() throws Exception {
        environment.put("JAVA_HOME", jdk("home", "99").toString());
        maven(
                "echo '[INFO] Building cordwood.store 0.1.0                      [4/10]'; echo noise");
        assertThat(launch().err()).isEmpty();

        touch("store/src/test/java/ATest.java");
        assertThat(launch().err()).isEmpty();

        touch("store/src/main/java/A.java");
        Outcome built = launch();
        assertThat(built.err())
                .startsWith("cordwood: building")
                .endsWith("  4/10 cordwood.store\n");
        assertThat(built.out()).startsWith("home: ");

        assertThat(launch().err()).as("fresh after the build").isEmpty();
    }

    @Test
    void aFailedBuildShowsItsErrorsAndIsTriedAgain() throws Exception {
        environment.put("JAVA_HOME", jdk("home", "99").toString());
        maven("echo '[ERROR] A.java:[1,1] no'; exit 1");
        touch("pom.xml");

        for (int attempt = 0; attempt < 2; attempt++) {
            Outcome outcome = launch();
            assertThat(outcome.err())
                    .contains("[ERROR] A.java:[1,1] no")
                    .contains("the build failed; the whole log is");
            assertThat(outcome.out()).isEmpty();
            assertThat(outcome.exit()).isEqualTo(ExitCode.FAILED);
        }
    }

    @Test
    void symlinksLeadHome() throws Exception {
        environment.put("JAVA_HOME", jdk("home", "99").toString());
        Path first = Files.createSymbolicLink(directory.resolve("one"), Path.of("a tree/cordwood"));
        Path second = Files.createSymbolicLink(directory.resolve("two"), first);

        Outcome outcome = launch(second);

        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.out())
                .contains(tree.toRealPath() + "/apps/cli/target/fast/cordwood-cli-0.1.0.jar:");
    }

    @Test
    void testAndFmtGoToMaven() throws Exception {
        environment.put("JAVA_HOME", jdk("home", "99").toString());
        maven("printf '%s|' \"$@\"");

        assertThat(launch("test", "-pl", "store").out()).endsWith("pom.xml|-T2|verify|-pl|store|");
        assertThat(launch("test", "--long").out()).endsWith("verify|-Dlong|");
        assertThat(launch("fmt").out()).endsWith("spotless:apply|");
    }

    @Test
    void testsThatFailedAreNamedAtTheEnd() throws Exception {
        environment.put("JAVA_HOME", jdk("home", "99").toString());
        write(
                tree.resolve("store/target/surefire-reports/Old.txt"),
                "Earlier -- Time elapsed: 1 s <<< FAILURE!\n");
        maven(
                """
                sleep 0.05 # a file's time is no finer than a tick
                cat > "$(dirname "$4")/store/target/surefire-reports/New.txt" <<'END'
                Tests run: 2, Failures: 1, Errors: 0 <<< FAILURE! -- in New
                New.itHolds -- Time elapsed: 0.1 s <<< FAILURE!
                java.lang.AssertionError: it did not
                \tat New.itHolds
                END
                exit 1\
                """);

        Outcome outcome = launch("test");

        assertThat(outcome.err())
                .contains("New.itHolds -- Time elapsed", "java.lang.AssertionError: it did not")
                .contains("cordwood: the tests failed")
                .doesNotContain("Earlier");
        assertThat(outcome.exit()).isEqualTo(ExitCode.FAILED);
    }

    @Test
    void theTestsOfOneModuleAreRunByName() throws Exception {
        environment.put("JAVA_HOME", jdk("home", "99").toString());
        maven("printf '%s|' \"$@\"");
        write(tree.resolve("ground/files/pom.xml"), "<project/>");
        write(tree.resolve("ground/files/src/test/java/a/OneTest.java"), "class OneTest {}");
        write(tree.resolve("ground/files/src/test/java/a/Helper.java"), "class Helper {}");

        String tests =
                "|test|-pl|ground/files|-am|-Dtest=OneTest|-Dsurefire.failIfNoSpecifiedTests=false|";
        assertThat(launch("test", "--module", "files", "-X").out())
                .endsWith(tests + "-Dtest.excluded.groups=long,trial|-X|");
        assertThat(launch("test", "--module", "files", "--trials", "-X").out())
                .endsWith(tests + "-X|");
        assertThat(launch("test", "--module", "files", "--long").out()).endsWith(tests + "-Dlong|");
        for (String unknown : List.of("file", "")) {
            Outcome outcome = launch("test", "--module", unknown);
            assertThat(outcome.err())
                    .isEqualTo("cordwood: no module '" + unknown + "'; there are: files\n");
            assertThat(outcome.exit()).isEqualTo(ExitCode.USAGE);
        }
        assertThat(launch("test", "--module").exit()).isEqualTo(ExitCode.USAGE);
    }

    @Test
    void javaOptionsAreAdded() throws Exception {
        environment.put("JAVA_HOME", jdk("home", "99").toString());
        environment.put("CORDWOOD_JAVA_OPTS", "-Xmx1g -XX:+UseSerialGC");

        assertThat(launch().out()).startsWith("home: -Xmx1g|-XX:+UseSerialGC|");
    }

    /** A JDK whose java prints its own folder's name and its arguments. */
    private Path jdk(String name, String version) throws IOException {
        Path home = directory.resolve(name);
        write(home.resolve("release"), "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"" + version + "\"\n");
        write(home.resolve("bin/javac"), "");
        write(
                home.resolve("bin/java"),
                "#!/usr/bin/env bash\nprintf '%s: ' '"
                        + home.getFileName()
                        + "'; printf '%s|' \"$@\"\n");
        makeExecutable(home.resolve("bin/javac"));
        makeExecutable(home.resolve("bin/java"));
        return home;
    }

    private void maven(String body) throws IOException {
        write(tools.resolve("mvn"), "#!/usr/bin/env bash\n" + body + "\n");
        makeExecutable(tools.resolve("mvn"));
    }

    private void touch(String file) throws IOException {
        Files.setLastModifiedTime(tree.resolve(file), FileTime.from(Instant.now()));
    }

    private Outcome launch(String... args) throws Exception {
        return launch(tree.resolve("cordwood"), args);
    }

    private Outcome launch(Path launcher, String... args) throws Exception {
        List<String> command =
                Stream.concat(Stream.of(launcher.toString()), Stream.of(args)).toList();
        Path out = directory.resolve("out.txt");
        Path err = directory.resolve("err.txt");
        ProcessBuilder builder =
                new ProcessBuilder(command)
                        .directory(directory.toFile())
                        .redirectOutput(out.toFile())
                        .redirectError(err.toFile());
        builder.environment().clear();
        builder.environment().putAll(environment);
        Process process = builder.start();
        assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
        return new Outcome(
                process.exitValue(),
                Files.readString(out, StandardCharsets.UTF_8),
                Files.readString(err, StandardCharsets.UTF_8));
    }

    /** Stands in for a tool of this machine, and for no other: what is not named is not found. */
    private void passOn(String tool) throws IOException {
        for (String folder : List.of("/bin", "/usr/bin")) {
            if (Files.exists(Path.of(folder, tool))) {
                String passing = "#!/bin/sh\nexec %s/%s \"$@\"\n".formatted(folder, tool);
                write(tools.resolve(tool), passing);
                makeExecutable(tools.resolve(tool));
            }
        }
    }

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile).toList();
        }
    }

    private static void write(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private static void makeExecutable(Path file) throws IOException {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
}
