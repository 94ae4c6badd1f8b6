package cordwood.cli;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.ArchConfiguration;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import cordwood.cli.planted.here.Offender;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What modules cannot say. Each rule must also find the planted offenders, so that one which has
 * gone blind fails too.
 */
final class ArchitectureTest {

    /** The drawing of docs/architecture.md: a room, and the rooms it may stand on. */
    private static final Map<String, Set<String>> DRAWING =
            Map.ofEntries(
                    Map.entry("memory", Set.of()),
                    Map.entry("files", Set.of()),
                    Map.entry("store", Set.of()),
                    Map.entry("lsm", Set.of("store", "memory", "files")),
                    Map.entry("rocksdb", Set.of("store", "memory", "files")),
                    Map.entry("baseline", Set.of("store", "memory", "files")),
                    Map.entry("loglet", Set.of("store", "memory", "files")),
                    Map.entry("journal", Set.of("store", "memory", "files")),
                    Map.entry("points", Set.of("store", "memory", "files")),
                    Map.entry(
                            "bench",
                            Set.of("store", "loglet", "journal", "points", "memory", "files")),
                    Map.entry(
                            "cli",
                            Set.of("bench", "store", "baseline", "rocksdb", "lsm", "memory")));

    /** Where arenas are what is measured. */
    private static final String MEASURED_ARENAS = "cordwood\\.bench\\.alloc\\.Arena.*";

    /**
     * Calls that production makes in few places or nowhere.
     *
     * @param instead what to do rather
     * @param allowed classes that may, by full name
     * @param calls what is called, each the beginning of a full signature
     */
    record Ban(String name, String instead, Set<String> allowed, List<String> calls) {

        private boolean isBroken(JavaAccess<?> access) {
            String owner = access.getOriginOwner().getName();
            String target = access.getTarget().getFullName();
            return !allowed.contains(owner) && calls.stream().anyMatch(target::startsWith);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    private static final List<Ban> BANS =
            List.of(
                    new Ban(
                            "draw lots",
                            "take a generator seeded by the caller, so that a run can be replayed",
                            Set.of(
                                    "cordwood.cli.BenchPayload", // where no seed was given
                                    "cordwood.lsm.format.StoreId", // an identity: nothing follows
                                    "cordwood.rocksdb.StoreDescription"), // the same
                            List.of(
                                    "java.security.SecureRandom.<init>(",
                                    "java.util.Random.<init>(",
                                    "java.util.SplittableRandom.<init>()",
                                    "java.util.concurrent.ThreadLocalRandom.current(",
                                    "java.lang.Math.random(",
                                    "java.util.UUID.randomUUID(")),
                    new Ban(
                            "sleep",
                            "wait for the event itself, or park until a deadline",
                            Set.of(),
                            List.of(
                                    "java.lang.Thread.sleep(",
                                    "java.util.concurrent.TimeUnit.sleep(")),
                    new Ban(
                            "read the calendar",
                            "take the time from the caller, or measure with nanoTime",
                            Set.of( // where a clock is chosen, to be handed on
                                    "cordwood.cli.BenchAlloc",
                                    "cordwood.cli.BenchMeasure",
                                    "cordwood.cli.RunFlags",
                                    "cordwood.loglet.LogletOptions"),
                            List.of(
                                    "java.time.InstantSource.system(",
                                    "java.lang.System.currentTimeMillis(",
                                    "java.time.Instant.now(",
                                    "java.time.LocalDateTime.now(",
                                    "java.time.OffsetDateTime.now(",
                                    "java.time.ZonedDateTime.now(",
                                    "java.time.Clock.system",
                                    "java.util.Date.<init>()")),
                    new Ban(
                            "end the process",
                            "throw: only the command line decides when to end",
                            Set.of("cordwood.cli.Main"),
                            List.of(
                                    "java.lang.System.exit(",
                                    "java.lang.Runtime.exit(",
                                    "java.lang.Runtime.halt(")));

    static {
        Logging.start(0, false, null); // the importer is talkative
        ArchConfiguration.get().setResolveMissingDependenciesFromClassPath(false); // names will do
    }

    private static final JavaClasses PRODUCTION =
            new ClassFileImporter().importPaths(classFolders());
    private static final JavaClasses PLANTED =
            new ClassFileImporter().importPackages("cordwood.cli.planted");

    @Test
    void everyRoomIsSeen() {
        assertThat(PRODUCTION.stream().map(ArchitectureTest::room).distinct())
                .contains("files", "store", "baseline", "rocksdb", "loglet", "bench", "cli")
                .isSubsetOf(DRAWING.keySet());
    }

    @Test
    void onlyMemoryOpensArenas() {
        assertHolds(
                noClasses()
                        .that()
                        .resideOutsideOfPackage("cordwood.memory..")
                        .and()
                        .haveNameNotMatching(MEASURED_ARENAS)
                        .should()
                        .dependOnClassesThat()
                        .haveFullyQualifiedName("java.lang.foreign.Arena")
                        .because(
                                "memory is reserved against the budget first: use cordwood.memory"));
    }

    @Test
    void onlyNativeModesCallNativeCode() {
        assertHolds(
                noClasses()
                        .that()
                        .resideOutsideOfPackage("cordwood.memory.nativemodes")
                        .should()
                        .dependOnClassesThat()
                        .haveNameMatching("java\\.lang\\.foreign\\.(Linker|SymbolLookup).*")
                        .because("the default path runs with native access denied"));
    }

    @Test
    void onlyFilesOpensChannels() {
        assertHolds(
                noClasses()
                        .that()
                        .resideOutsideOfPackage("cordwood.files..")
                        .should()
                        .dependOnClassesThat()
                        .haveNameMatching(
                                "java\\.nio\\.channels\\.(Asynchronous)?FileChannel"
                                        + "|java\\.io\\.RandomAccessFile")
                        .because("tests fail the disk at one seam: use cordwood.files.Disk"));
    }

    @Test
    void packagesAreFreeOfCycles() {
        assertHolds(slices().matching("cordwood.(**)").should().beFreeOfCycles());
    }

    @ParameterizedTest
    @MethodSource("bans")
    void whatIsBannedIsDoneOnlyWhereListed(Ban ban) {
        assertHolds(
                noClasses()
                        .should()
                        .accessTargetWhere(describe(ban.name(), ban::isBroken))
                        .because(ban.instead()));
    }

    static Stream<Ban> bans() {
        return BANS.stream();
    }

    @Test
    void roomsStandOnlyOnRoomsDrawnBelowThem() {
        rooms(DRAWING).check(PRODUCTION);

        Map<String, Set<String>> withoutAnEdge = new HashMap<>(DRAWING);
        withoutAnEdge.put("loglet", Set.of());
        assertThat(rooms(withoutAnEdge).evaluate(PRODUCTION).getFailureReport().toString())
                .contains("cordwood.loglet")
                .doesNotContain("cordwood.bench");
    }

    private static void assertHolds(ArchRule rule) {
        rule.check(PRODUCTION);
        assertThat(rule.evaluate(PLANTED).hasViolation()).as("finds %s", Offender.class).isTrue();
    }

    private static ArchRule rooms(Map<String, Set<String>> drawing) {
        return classes()
                .should(
                        new ArchCondition<>("depend on rooms drawn below their own") {
                            @Override
                            public void check(JavaClass from, ConditionEvents events) {
                                from.getDirectDependenciesFromSelf()
                                        .forEach(edge -> check(edge, events));
                            }

                            private void check(Dependency edge, ConditionEvents events) {
                                String from = room(edge.getOriginClass());
                                String to = room(edge.getTargetClass());
                                boolean ours =
                                        edge.getTargetClass().getName().startsWith("cordwood.");
                                if (ours
                                        && !from.equals(to)
                                        && !drawing.getOrDefault(from, Set.of()).contains(to)) {
                                    events.add(
                                            SimpleConditionEvent.violated(
                                                    edge, edge.getDescription()));
                                }
                            }
                        });
    }

    private static String room(JavaClass type) {
        String[] parts = type.getPackageName().split("\\.");
        return parts.length > 1 ? parts[1] : parts[0];
    }

    /** Where the build of this run put every room's classes; what only tests is no product. */
    private static List<Path> classFolders() {
        Path own = Path.of("").toAbsolutePath();
        Path built =
                own.relativize(
                        Path.of(
                                Main.class
                                        .getProtectionDomain()
                                        .getCodeSource()
                                        .getLocation()
                                        .getPath()));
        return SourceTree.files("pom.xml").stream()
                .filter(pom -> !pom.endsWith("stress/pom.xml"))
                .map(pom -> pom.resolveSibling(built))
                .filter(folder -> !folder.startsWith(SourceTree.ROOT.resolve("testkit")))
                .filter(Files::isDirectory)
                .toList();
    }
}
