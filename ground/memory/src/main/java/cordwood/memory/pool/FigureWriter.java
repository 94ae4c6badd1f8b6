package cordwood.memory.pool;

/** What a tree of named figures is written to. */
sealed interface FigureWriter permits JsonWriter, TextWriter {

    /** Begins a group of that name. */
    FigureWriter group(String name);

    /** Begins a list of groups of that name. */
    FigureWriter list(String name);

    /** Begins one group of a list. */
    FigureWriter item();

    /** Ends what was begun last. */
    FigureWriter end();

    /** A number or a boolean. */
    FigureWriter field(String name, Object value);

    /** A figure that there is none of. */
    FigureWriter none(String name);
}
