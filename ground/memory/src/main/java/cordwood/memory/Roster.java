package cordwood.memory;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Who is to be called, in order, while others come and go. Only adding allocates, so that looking
 * at it and leaving it work when the heap is full.
 *
 * <p>Safe for use by any number of threads.
 */
final class Roster<T> {

    /** One of the list; who left keeps its link, so that whoever stands there finds the others. */
    static final class Member<T> {
        final T value;

        /** Whether it was taken back: then it is not to be called any more. */
        volatile boolean gone;

        // Guarded by the roster.
        private @Nullable Member<T> next;

        Member(T value) {
            this.value = value;
        }
    }

    // Guarded by this.
    private @Nullable Member<T> first;
    private @Nullable Member<T> last;

    synchronized void addFirst(T value) {
        Objects.requireNonNull(value);
        Member<T> member = new Member<>(value);
        member.next = first;
        first = member;
        if (last == null) {
            last = member;
        }
    }

    synchronized void addLast(T value) {
        Objects.requireNonNull(value);
        Member<T> member = new Member<>(value);
        if (last == null) {
            first = member;
        } else {
            last.next = member;
        }
        last = member;
    }

    /** Takes out the first that equals {@code value}; answers it, or null when there is none. */
    synchronized @Nullable Member<T> remove(T value) {
        Objects.requireNonNull(value);
        Member<T> before = null;
        Member<T> member = first;
        while (member != null && !value.equals(member.value)) {
            before = member;
            member = member.next;
        }
        if (member == null) {
            return null;
        }
        if (before == null) {
            first = member.next;
        } else {
            before.next = member.next;
        }
        if (member.next == null) {
            last = before;
        }
        member.gone = true;
        return member;
    }

    synchronized @Nullable Member<T> first() {
        return first;
    }

    /** Who comes after {@code member}, which may be gone; perhaps one who is gone too. */
    synchronized @Nullable Member<T> after(Member<T> member) {
        return member.next;
    }
}
