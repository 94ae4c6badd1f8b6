package cordwood.lsm;

import static org.assertj.core.api.Assertions.assertThat;

import cordwood.testkit.ChildJvm;
import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FirstUseTest {

    private static boolean isInitialized(ClassModel read) {
        return read.methods().stream()
                .anyMatch(method -> method.methodName().equalsString("<clinit>"));
    }

    /** Classes of the engine with an initialisation, but for those that do not serve a store. */
    private static List<String> initialized() throws IOException, URISyntaxException {
        Path classes =
                Path.of(LsmStore.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        List<Path> files;
        try (Stream<Path> all = Files.walk(classes)) {
            files = all.filter(path -> path.toString().endsWith(".class")).toList();
        }
        List<String> names = new ArrayList<>();
        for (Path file : files) {
            ClassModel read = ClassFile.of().parse(file);
            if (isInitialized(read)) {
                names.add(read.thisClass().asInternalName().replace('/', '.'));
            }
        }
        names.removeIf(name -> name.startsWith("cordwood.lsm.inspect."));
        names.removeAll(List.of(LsmStore.class.getName(), FirstUse.class.getName()));
        return names;
    }

    @Test
    void everyClassWithAnInitializationIsInitializedAtOpening()
            throws IOException, URISyntaxException {
        assertThat(initialized()).isNotEmpty();
        assertThat(FirstUse.CLASSES).containsAll(initialized()).doesNotHaveDuplicates();
    }

    /** This process has its classes in folders: each takes a descriptor to be loaded. */
    @Test
    void aLackOfDescriptorsIsARefusalAlsoWhereItIsTheFirst(@TempDir Path root) {
        List<String> few = List.of("sh", "-c", "ulimit -n 256; exec \"$@\"", "sh");
        List<String> options = List.of("-XX:-MaxFDLimit");
        List<String> arguments = List.of(root.resolve("store").toString());
        try (ChildJvm child = ChildJvm.start(few, options, FirstUseProcess.class, arguments)) {
            String told = child.line();
            assertThat(child.awaitExit(Duration.ofMinutes(5))).as(child.complaints()).isZero();
            assertThat(told).isEqualTo("refused and went on");
        }
    }
}
