package cordwood.memory.fault;

import cordwood.memory.Memory;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassBuilder;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.MethodModel;
import java.lang.classfile.MethodTransform;
import java.lang.classfile.TypeKind;
import java.lang.classfile.instruction.InvokeDynamicInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.NewMultiArrayInstruction;
import java.lang.classfile.instruction.NewObjectInstruction;
import java.lang.classfile.instruction.NewPrimitiveArrayInstruction;
import java.lang.classfile.instruction.NewReferenceArrayInstruction;
import java.lang.classfile.instruction.ReturnInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * Loads the product's classes again, with a call of {@link FaultPoint} in front of everything that
 * an Error can come out of, and the trials' own, from {@code inside}, against them.
 */
final class FaultLoader extends ClassLoader {

    private static final String TRIALS = Mutation.ROOT + "fault.";
    static final String INSIDE = TRIALS + "inside.";
    private static final String STACK_ROOM = Mutation.ROOT + "stack.StackRoom";
    private static final ClassDesc POINT = ClassDesc.of(FaultPoint.class.getName());
    private static final MethodTypeDesc NOTHING = MethodTypeDesc.of(ConstantDescs.CD_void);

    /** Classes that no mutation has changed, by name: to rewrite them takes longer than a trial. */
    private static final Map<String, byte[]> REWRITTEN = new ConcurrentHashMap<>();

    /** Without any mutation: one for all, since classes that were run before run faster. */
    private static final class Unchanged {
        static final FaultLoader LOADER = new FaultLoader(List.of());
    }

    private final List<Mutation> mutations;
    private final ClassFile classFile;

    FaultLoader(List<Mutation> mutations) {
        super(FaultLoader.class.getClassLoader());
        this.mutations = mutations;
        this.classFile =
                ClassFile.of(
                        ClassFile.ClassHierarchyResolverOption.of(
                                ClassHierarchyResolver.ofResourceParsing(getParent())));
        Module module = FaultLoader.class.getModule();
        if (module.isNamed()) {
            module.addExports(FaultLoader.class.getPackageName(), getUnnamedModule());
        }
        initializeAll();
    }

    static FaultLoader unchanged() {
        return Unchanged.LOADER;
    }

    /** An Error while a class is initialized would end the class, not the operation. */
    private void initializeAll() {
        try {
            Path root =
                    Path.of(
                            Memory.class
                                    .getProtectionDomain()
                                    .getCodeSource()
                                    .getLocation()
                                    .toURI());
            try (Stream<Path> files = Files.walk(root.resolve("cordwood/memory"))) {
                for (Path file : files.sorted().toList()) {
                    String name = root.relativize(file).toString().replace('/', '.');
                    if (name.endsWith(".class") && !name.endsWith("-info.class")) {
                        Class.forName(name.substring(0, name.length() - 6), true, this);
                    }
                }
            }
            for (Mutation mutation : mutations) {
                if (!mutation.done().get()) {
                    throw new AssertionError("nothing to change for " + mutation);
                }
            }
        } catch (IOException | URISyntaxException | ClassNotFoundException failure) {
            throw new AssertionError(failure);
        }
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        boolean outside = name.startsWith(TRIALS) && !name.startsWith(INSIDE);
        if (!name.startsWith(Mutation.ROOT) || outside) {
            return super.loadClass(name, resolve);
        }
        synchronized (getClassLoadingLock(name)) {
            Class<?> loaded = findLoadedClass(name);
            if (loaded == null) {
                byte[] ready = ready(name);
                loaded = defineClass(name, ready, 0, ready.length);
            }
            return loaded;
        }
    }

    private byte[] ready(String name) throws ClassNotFoundException {
        if (name.startsWith(INSIDE)) {
            return bytes(name);
        }
        if (mutations.stream().anyMatch(mutation -> mutation.mayChange(name))) {
            return rewrite(name, bytes(name));
        }
        byte[] rewritten = REWRITTEN.get(name);
        if (rewritten == null) {
            rewritten = rewrite(name, bytes(name));
            REWRITTEN.put(name, rewritten);
        }
        return rewritten;
    }

    private byte[] bytes(String name) throws ClassNotFoundException {
        String path = name.replace('.', '/') + ".class";
        try (InputStream in = getParent().getResourceAsStream(path)) {
            if (in == null) {
                throw new ClassNotFoundException(name);
            }
            return in.readAllBytes();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private byte[] rewrite(String name, byte[] bytes) {
        ClassModel model = classFile.parse(bytes);
        ClassTransform transform =
                (builder, element) -> {
                    if (element instanceof MethodModel method && method.code().isPresent()) {
                        rewrite(name, method, builder);
                    } else {
                        builder.with(element);
                    }
                };
        return classFile.transformClass(model, transform);
    }

    private void rewrite(String name, MethodModel method, ClassBuilder builder) {
        String methodName = method.methodName().stringValue();
        if (mutations.stream().anyMatch(mutation -> mutation.empties(name, methodName))) {
            builder.withMethodBody(
                    method.methodName(),
                    method.methodType(),
                    method.flags().flagsMask(),
                    code -> {
                        ClassDesc type = method.methodTypeSymbol().returnType();
                        Mutation.answerNothing(type, code);
                        code.return_(TypeKind.from(type));
                    });
            return;
        }
        boolean makesRoom = name.equals(STACK_ROOM);
        if (methodName.equals("<clinit>") || (makesRoom && !methodName.equals("require"))) {
            builder.with(method);
            return;
        }
        builder.transformMethod(
                method,
                MethodTransform.transformingCode((code, element) -> {
                    if (mutations.stream()
                            .noneMatch(mutation ->
                                    mutation.replaces(name, methodName, element, code))) {
                        if (makesRoom && element instanceof ReturnInstruction) {
                            hook("roomMade", code);
                        }
                        rewrite(element, code);
                    }
                }));
    }

    private static void rewrite(CodeElement element, CodeBuilder code) {
        switch (element) {
            case NewObjectInstruction _,
                    NewPrimitiveArrayInstruction _,
                    NewReferenceArrayInstruction _,
                    NewMultiArrayInstruction _,
                    InvokeDynamicInstruction _ -> {
                hook("allocation", code);
                code.with(element);
            }
            case InvokeInstruction call -> {
                String owner = call.owner().asInternalName();
                String name = call.name().stringValue();
                if (KnownCalls.maps(owner, name)) {
                    hook("mapping", code);
                }
                if (KnownCalls.allocates(owner, name)) {
                    hook("allocation", code);
                }
                hook("call", code);
                code.with(call);
                if (KnownCalls.waits(owner, name)) {
                    hook("waited", code);
                }
            }
            default -> code.with(element);
        }
    }

    private static void hook(String name, CodeBuilder code) {
        code.invokestatic(POINT, name, NOTHING);
    }
}
