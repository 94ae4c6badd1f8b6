package cordwood.testkit.mutant;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;
import static org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder.discoveryRequest;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.Opcode;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;

/**
 * The product with a change, to run tests on: its classes and those of the tests are loaded again,
 * with calls of some methods turned into calls of others, those marked {@link InsteadOf}. What was
 * loaded before is not affected, and shares no static state with it.
 *
 * <p>Confined to one thread; what runs in it may use any.
 */
public final class Mutant extends ClassLoader {

    private static final String PRODUCT = "cordwood.";

    /** A method that calls go to. */
    private record StandIn(ClassDesc owner, String name, MethodTypeDesc type) {}

    private final Set<String> unchanged = new HashSet<>();
    private final Map<String, StandIn> standIns = new HashMap<>();
    private final Set<String> unused = new TreeSet<>(); // guarded by itself
    private final ClassFile classFile;

    /** The product as the methods of those classes make it. */
    public Mutant(Class<?>... standIns) {
        super(standIns[0].getClassLoader());
        this.classFile =
                ClassFile.of(
                        ClassFile.ClassHierarchyResolverOption.of(
                                ClassHierarchyResolver.ofResourceParsing(getParent())));
        for (Class<?> part : standIns) {
            unchanged.add(part.getName());
            for (Method method : part.getDeclaredMethods()) {
                InsteadOf replaced = method.getAnnotation(InsteadOf.class);
                if (replaced != null) {
                    add(method, replaced.value());
                }
            }
        }
    }

    private void add(Method method, Class<?> owner) {
        MethodTypeDesc type =
                MethodTypeDesc.of(
                        described(method.getReturnType()),
                        List.of(method.getParameterTypes()).stream()
                                .map(Mutant::described)
                                .toList());
        String key = key(owner.getName(), method.getName(), type);
        standIns.put(
                key, new StandIn(described(method.getDeclaringClass()), method.getName(), type));
        unused.add(key);
    }

    private static ClassDesc described(Class<?> type) {
        return type.describeConstable().orElseThrow();
    }

    private static String key(String owner, String name, MethodTypeDesc type) {
        return owner + "." + name + type.descriptorString();
    }

    /**
     * Runs a test of the product as it is here.
     *
     * @return how it failed; nothing when it passed
     * @throws AssertionError when the product has no calls that a stand-in could take
     */
    public List<Throwable> run(Class<?> test, String method) {
        SummaryGeneratingListener listener = new SummaryGeneratingListener();
        try {
            Class<?> here = loadClass(test.getName());
            LauncherFactory.create()
                    .execute(
                            discoveryRequest()
                                    .selectors(selectMethod(here, named(here, method)))
                                    .build(),
                            listener);
        } catch (ClassNotFoundException e) {
            throw new AssertionError(e);
        }
        if (listener.getSummary().getTestsStartedCount() == 0) {
            throw new AssertionError("no test " + test.getName() + "#" + method);
        }
        synchronized (unused) {
            if (!unused.isEmpty()) {
                throw new AssertionError("nothing calls " + unused);
            }
        }
        List<Throwable> failures = new ArrayList<>();
        listener.getSummary().getFailures().forEach(f -> failures.add(f.getException()));
        return failures;
    }

    private static Method named(Class<?> test, String name) {
        return Stream.concat(Stream.of(test.getDeclaredMethods()), Stream.of(test.getMethods()))
                .filter(method -> method.getName().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no test " + test.getName() + "#" + name));
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (!name.startsWith(PRODUCT) || name.equals(InsteadOf.class.getName())) {
            return super.loadClass(name, resolve);
        }
        synchronized (getClassLoadingLock(name)) {
            Class<?> loaded = findLoadedClass(name);
            if (loaded == null) {
                byte[] bytes = unchanged.contains(name) ? bytes(name) : changed(bytes(name));
                loaded = defineClass(name, bytes, 0, bytes.length);
            }
            return loaded;
        }
    }

    private byte[] bytes(String name) throws ClassNotFoundException {
        try (InputStream in = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
            if (in == null) {
                throw new ClassNotFoundException(name);
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private byte[] changed(byte[] bytes) {
        CodeTransform code =
                (builder, element) -> {
                    StandIn standIn =
                            element instanceof InvokeInstruction call ? standIn(call) : null;
                    if (standIn == null) {
                        builder.with(element);
                    } else {
                        builder.invokestatic(standIn.owner, standIn.name, standIn.type);
                    }
                };
        return classFile.transformClass(
                classFile.parse(bytes), ClassTransform.transformingMethodBodies(code));
    }

    private @Nullable StandIn standIn(InvokeInstruction call) {
        MethodTypeDesc type = call.typeSymbol();
        if (call.opcode() != Opcode.INVOKESTATIC) {
            type = type.insertParameterTypes(0, call.owner().asSymbol());
        }
        String owner = call.owner().asInternalName().replace('/', '.');
        String key = key(owner, call.name().stringValue(), type);
        StandIn standIn = standIns.get(key);
        if (standIn != null) {
            synchronized (unused) {
                unused.remove(key);
            }
        }
        return standIn;
    }
}
