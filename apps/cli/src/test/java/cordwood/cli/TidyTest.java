package cordwood.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.LineMap;
import com.sun.source.tree.MethodTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreeScanner;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;

/** The limits and habits of the house, looked up in the tree itself. Each message names the fix. */
final class TidyTest {

    private static final int METHOD_LINES_MAX = 70;
    private static final int FILE_LINES_MAX = 800;

    private static final Path EXCEPTIONS = SourceTree.ROOT.resolve("docs/exceptions.md");
    private static final Pattern EXCEPTION_ROW = Pattern.compile("(?m)^\\| `([^`]+)` \\|");
    private static final Pattern LOOSE_TODO =
            Pattern.compile("\\b(TO" + "DO|FIX" + "ME|X" + "XX)\\b(?!\\(#\\d+\\))");
    private static final Pattern BROAD_IMPORT =
            Pattern.compile("(?m)^import (static )?([\\w.]+\\*|module .*);");
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
    private static final Pattern MACHINE_PATH =
            Pattern.compile("(?<![\\w.*}/])/(home|root|Users|work)/[\\w.]");

    @Test
    void methodsAndFilesKeepTheirSizeOrAreExcused() {
        Set<String> excused = excused();
        Set<String> used = new TreeSet<>();
        List<String> complaints = new ArrayList<>();
        for (Path file : SourceTree.files(".java")) {
            for (Excess excess : excesses(name(file), SourceTree.read(file))) {
                if (excused.contains(excess.where())) {
                    used.add(excess.where());
                } else {
                    complaints.add(excess + ": split it, or give the reason in docs/exceptions.md");
                }
            }
        }
        assertThat(complaints).isEmpty();
        assertThat(used)
                .as("lines of docs/exceptions.md that excuse nothing any more: delete them")
                .isEqualTo(excused);
    }

    @Test
    void loosePromisesHaveAnIssue() {
        assertThat(found(LOOSE_TODO, ".java", ".md", ".xml", "cordwood"))
                .as("write TO" + "DO(#12) with the issue's number, or do it")
                .isEmpty();
    }

    @Test
    void importsNameWhatTheyImport() {
        assertThat(found(BROAD_IMPORT, ".java")).as("import each type by name").isEmpty();
    }

    @Test
    void pathsOfOneMachineStayOut() {
        assertThat(found(MACHINE_PATH, ".java", ".md", ".xml", ".toml", "cordwood", "run"))
                .as("name the place relative to the repository, or take it from the environment")
                .isEmpty();
    }

    @Test
    void linksInDocsLeadSomewhere() {
        List<String> dead = new ArrayList<>();
        for (Path page : SourceTree.files(".md")) {
            LINK.matcher(SourceTree.read(page))
                    .results()
                    .map(link -> link.group(1))
                    .filter(link -> !link.contains("://") && !link.startsWith("#"))
                    .filter(link ->
                            !Files.exists(page.resolveSibling(link.replaceFirst("#.*", ""))))
                    .forEach(link -> dead.add(name(page) + " -> " + link));
        }
        assertThat(dead).as("mend the path or drop the link").isEmpty();
    }

    /** The checks themselves, on text that breaks them. */
    @Test
    void theChecksSeeWhatTheyLookFor() {
        String longMethod =
                "class A {\n    void b() {\n"
                        + "        b();\n".repeat(METHOD_LINES_MAX)
                        + "    }\n}\n";
        assertThat(excesses("A.java", longMethod))
                .extracting(Excess::where)
                .containsExactly("A.java#b");
        assertThat(excesses("A.java", longMethod.replaceFirst(" {8}b\\(\\);\n {8}b\\(\\);\n", "")))
                .isEmpty();
        assertThat(excesses("B.java", "class B {}\n" + "\n".repeat(FILE_LINES_MAX)))
                .extracting(Excess::where)
                .containsExactly("B.java");
        assertThat(LOOSE_TODO.matcher("// TO" + "DO later").find()).isTrue();
        assertThat(LOOSE_TODO.matcher("// TO" + "DO(#7) later").find()).isFalse();
        assertThat(MACHINE_PATH.matcher("see /ho" + "me/me/x").find()).isTrue();
        assertThat(MACHINE_PATH.matcher("apps/ho" + "me/x").find()).isFalse();
        assertThat(BROAD_IMPORT.matcher("import java.util.*;").find()).isTrue();
    }

    /**
     * Something too long.
     *
     * @param where as docs/exceptions.md names it
     */
    private record Excess(String where, long lines) {
        @Override
        public String toString() {
            return where + " has " + lines + " lines";
        }
    }

    private static List<Excess> excesses(String name, String source) {
        List<Excess> excesses = new ArrayList<>();
        long fileLines = source.lines().count();
        if (fileLines > FILE_LINES_MAX) {
            excesses.add(new Excess(name, fileLines));
        }
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        var text =
                new SimpleJavaFileObject(
                        URI.create("string:///A.java"), SimpleJavaFileObject.Kind.SOURCE) {
                    @Override
                    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                        return source;
                    }
                };
        JavacTask task =
                (JavacTask) compiler.getTask(null, null, null, List.of(), null, List.of(text));
        SourcePositions positions = Trees.instance(task).getSourcePositions();
        try {
            for (CompilationUnitTree unit : task.parse()) {
                LineMap lines = unit.getLineMap();
                new TreeScanner<Void, Void>() {
                    @Override
                    public Void visitMethod(MethodTree method, Void unused) {
                        long first = lines.getLineNumber(positions.getStartPosition(unit, method));
                        long last = lines.getLineNumber(positions.getEndPosition(unit, method));
                        if (last - first + 1 > METHOD_LINES_MAX) {
                            String where = name + "#" + method.getName();
                            excesses.add(new Excess(where, last - first + 1));
                        }
                        return super.visitMethod(method, null);
                    }
                }.scan(unit, null);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return excesses;
    }

    private static Set<String> excused() {
        return EXCEPTION_ROW
                .matcher(SourceTree.read(EXCEPTIONS))
                .results()
                .map(row -> row.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static List<String> found(Pattern pattern, String... endings) {
        List<String> found = new ArrayList<>();
        Stream.of(endings)
                .flatMap(ending -> SourceTree.files(ending).stream())
                .forEach(file -> {
                    String text = SourceTree.read(file);
                    Matcher matcher = pattern.matcher(text);
                    matcher.results().forEach(hit -> found.add(place(file, text, hit)));
                });
        return found;
    }

    private static String place(Path file, String text, MatchResult hit) {
        long line = text.substring(0, hit.start()).lines().count();
        return "%s:%d: %s".formatted(name(file), Math.max(1, line), hit.group());
    }

    private static String name(Path file) {
        return SourceTree.ROOT.relativize(file).toString().replace('\\', '/');
    }
}
