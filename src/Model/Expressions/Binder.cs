using System.Globalization;
using System.Text.RegularExpressions;
using Rondo.Model.Events;

namespace Rondo.Model.Expressions;

/// <summary>Gives names and functions of an expression their meaning, or says where there is none.</summary>
internal sealed class Binder
{
    /// <summary>How deep any, all, filter and map may stand in each other.</summary>
    public const int MaximumLoops = 2;

    private const int LongestPattern = 500;
    private static readonly TimeSpan PatternTimeout = TimeSpan.FromMilliseconds(100);

    private readonly List<string> _locals = [];
    private readonly List<(bool OfUser, string Name)> _properties = [];
    private readonly List<TableColumn> _tables = [];
    private int _loops;
    private bool _usesToday;

    private Binder()
    {
    }

    public static Outcome<Expression> Bind(Syntax syntax)
    {
        var binder = new Binder();
        try
        {
            var root = binder.Node(syntax);
            return Outcome<Expression>.Accepted(new Expression(root, binder._properties, [.. binder._tables.Distinct()], binder._usesToday));
        }
        catch (Misplaced misplaced)
        {
            return Outcome<Expression>.Refused("expression", misplaced.Message);
        }
    }

    private Node Node(Syntax syntax) => syntax switch
    {
        ConstantSyntax constant => new ConstantNode(constant.Value),
        IndexSyntax { Target: NameSyntax { Name: "properties" or "event" or "user" } source } index when !_locals.Contains(source.Name) => Property(source, index.Index),
        NameSyntax name => Local(name),
        CallSyntax call => Call(call),
        IndexSyntax index => new IndexNode(Node(index.Target), Node(index.Index)),
        ListSyntax list => new ListNode([.. list.Items.Select(Node)]),
        UnarySyntax unary => new UnaryNode(unary.IsNot, Node(unary.Operand)),
        BinarySyntax { Operator: Sign.And or Sign.Or } binary => new LogicNode(binary.Operator == Sign.And, Node(binary.Left), Node(binary.Right)),
        BinarySyntax binary => new BinaryNode(binary.Operator, Node(binary.Left), Node(binary.Right)),
        _ => throw new InvalidOperationException($"{syntax.GetType().Name} is not a kind of syntax."),
    };

    private PropertyNode Property(NameSyntax source, Syntax key)
    {
        var name = Text(key, $"{source.Name}[…] needs the name of a property in quotes");
        _properties.Add((source.Name == "user", name));
        return new PropertyNode(source.Name == "user", name);
    }

    private LocalNode Local(NameSyntax name)
    {
        var slot = _locals.LastIndexOf(name.Name);
        return slot >= 0 ? new LocalNode(slot) : throw new Misplaced(name.Position, $"there is no name '{name.Name}'; a property is written properties[\"…\"] or user[\"…\"]");
    }

    private Node Call(CallSyntax call)
    {
        var name = call.Function.ToLowerInvariant();
        var arguments = call.Arguments;
        switch (name)
        {
            case "let":
                Need(call, 3, 3);
                return new LetNode(Node(arguments[1]), Within(arguments[0], arguments[2]));
            case "any" or "all" or "filter" or "map":
                return Loop(call, name);
            case "if":
                Need(call, 2, 3);
                return new ChoiceNode([(Node(arguments[0]), Node(arguments[1]))], arguments.Length == 3 ? Node(arguments[2]) : new ConstantNode(PropertyValue.Null));
            case "ifs":
                Need(call, 2, Grammar.MaximumTokens);
                return arguments.Length % 2 == 0
                    ? new ChoiceNode([.. arguments.Chunk(2).Select(pair => (Node(pair[0]), Node(pair[1])))], new ConstantNode(PropertyValue.Null))
                    : throw new Misplaced(call.Position, "ifs needs a value for every condition");
            case "lookup":
                Need(call, 3, 3);
                var column = new TableColumn(Text(arguments[0], "lookup needs the name of a table in quotes"), Text(arguments[1], "lookup needs the name of a column in quotes"));
                _tables.Add(column);
                return new LookupNode(column, Node(arguments[2]));
            case "regex_match" or "regex_extract" or "regex_replace":
                return Pattern(call, name);
            default:
                var function = Functions.Find(name) ?? throw new Misplaced(call.Position, $"there is no function '{call.Function}'");
                Need(call, function.Fewest, function.Most);
                _usesToday |= name == "today";
                return new FunctionNode(function, [.. arguments.Select(Node)]);
        }
    }

    private LoopNode Loop(CallSyntax call, string name)
    {
        Need(call, 3, 3);
        var list = Node(call.Arguments[1]);
        if (++_loops > MaximumLoops)
        {
            throw new Misplaced(call.Position, $"any, all, filter and map may stand in each other {MaximumLoops} deep");
        }

        var body = Within(call.Arguments[0], call.Arguments[2]);
        _loops--;
        return new LoopNode(name, list, body);
    }

    private Node Within(Syntax name, Syntax body)
    {
        if (name is not NameSyntax local)
        {
            throw new Misplaced(name.Position, "must be a name, without quotes");
        }

        _locals.Add(local.Name);
        var node = Node(body);
        _locals.RemoveAt(_locals.Count - 1);
        return node;
    }

    private PatternNode Pattern(CallSyntax call, string name)
    {
        Need(call, name == "regex_replace" ? 3 : 2, name == "regex_match" ? 2 : 3);
        var pattern = Text(call.Arguments[1], $"{name} needs its pattern in quotes");
        if (pattern.Length > LongestPattern)
        {
            throw new Misplaced(call.Arguments[1].Position, $"a pattern has at most {LongestPattern} characters");
        }

        try
        {
            var regex = new Regex(pattern, RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking, PatternTimeout);
            return new PatternNode(name, regex, Node(call.Arguments[0]), call.Arguments.Length > 2 ? Node(call.Arguments[2]) : null);
        }
        catch (Exception refused) when (refused is ArgumentException or NotSupportedException)
        {
            throw new Misplaced(call.Arguments[1].Position, $"is not a pattern that can be used: {refused.Message}");
        }
    }

    private static string Text(Syntax syntax, string rule) =>
        syntax is ConstantSyntax { Value.Kind: PropertyKind.String } text ? text.Value.String : throw new Misplaced(syntax.Position, rule);

    private static void Need(CallSyntax call, int fewest, int most)
    {
        if (call.Arguments.Length < fewest || call.Arguments.Length > most)
        {
            throw new Misplaced(call.Position, string.Create(CultureInfo.InvariantCulture, $"{call.Function.ToLowerInvariant()} takes {(fewest == most ? $"{fewest}" : most >= Grammar.MaximumTokens ? $"{fewest} or more" : $"{fewest} to {most}")} arguments"));
        }
    }

    /// <summary>Leaves the walk through the syntax with the place and the rule; caught where binding begins.</summary>
    private sealed class Misplaced(int position, string rule) : Exception(string.Create(CultureInfo.InvariantCulture, $"character {position}: {rule}"));
}
