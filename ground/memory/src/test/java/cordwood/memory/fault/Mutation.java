package cordwood.memory.fault;

import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.Opcode;
import java.lang.classfile.TypeKind;
import java.lang.classfile.instruction.ExceptionCatch;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A bug that {@link FaultLoader} builds in.
 *
 * @param place a class of the product, without {@code cordwood.memory.}
 * @param method its method; {@code *} for all
 * @param change what becomes of it
 * @param done whether the method was found
 */
record Mutation(String place, String method, Change change, AtomicBoolean done) {

    static final String ROOT = "cordwood.memory.";

    /** What becomes of a method. */
    enum Change {
        /** It does nothing and answers 0, false or null. */
        EMPTY,
        /** It is never called, though it may be abstract: callers get 0, false or null. */
        NOT_CALLED,
        /** It catches nothing and has no {@code finally}. */
        NO_CATCH
    }

    static Mutation of(String place, String method, Change change) {
        return new Mutation(place, method, change, new AtomicBoolean());
    }

    /** Whether it may change anything in that class. */
    boolean mayChange(String className) {
        return change == Change.NOT_CALLED || className.equals(ROOT + place);
    }

    boolean empties(String className, String methodName) {
        return change == Change.EMPTY && matches(className, methodName);
    }

    /** Whether the element, in that method, is left out. */
    boolean replaces(String className, String methodName, CodeElement element, CodeBuilder code) {
        return switch (change) {
            case EMPTY -> false;
            case NO_CATCH -> element instanceof ExceptionCatch && matches(className, methodName);
            case NOT_CALLED -> element instanceof InvokeInstruction call && skips(call, code);
        };
    }

    private boolean skips(InvokeInstruction call, CodeBuilder code) {
        String owner = call.owner().asInternalName().replace('/', '.');
        if (!matches(owner, call.name().stringValue())) {
            return false;
        }
        skip(call, code);
        return true;
    }

    private boolean matches(String className, String methodName) {
        boolean here =
                className.equals(ROOT + place)
                        && (method.equals("*") || method.equals(methodName))
                        && !methodName.startsWith("<");
        if (here) {
            done.set(true);
        }
        return here;
    }

    private static void skip(InvokeInstruction call, CodeBuilder code) {
        MethodTypeDesc type = call.typeSymbol();
        List<ClassDesc> arguments = type.parameterList().reversed();
        for (ClassDesc argument : arguments) {
            if (TypeKind.from(argument).slotSize() == 2) {
                code.pop2();
            } else {
                code.pop();
            }
        }
        if (call.opcode() != Opcode.INVOKESTATIC) {
            code.pop();
        }
        answerNothing(type.returnType(), code);
    }

    /** Puts 0, false, null or nothing on the stack. */
    static void answerNothing(ClassDesc type, CodeBuilder code) {
        if (type.equals(ConstantDescs.CD_void)) {
            return;
        }
        switch (TypeKind.from(type).asLoadable()) {
            case LONG -> code.lconst_0();
            case DOUBLE -> code.dconst_0();
            case FLOAT -> code.fconst_0();
            case REFERENCE -> code.aconst_null();
            default -> code.iconst_0();
        }
    }
}
