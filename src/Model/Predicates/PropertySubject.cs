using Rondo.Model.Events;
using Rondo.Model.Expressions;
using Rondo.Model.Queries;

namespace Rondo.Model.Predicates;

/// <summary>One event, or one person, whose properties can be asked for.</summary>
public interface IPropertySubject
{
    /// <summary>A property of the event, built-in ones too; not set for a person.</summary>
    PropertyValue OfEvent(string property);

    /// <summary>A property of the person's current profile.</summary>
    PropertyValue OfUser(string property);
}

/// <summary>Looks up properties of any source.</summary>
public static class PropertySubject
{
    /// <summary>The value, computed where the source says so; not set where an expression is gone or broken.</summary>
    public static PropertyValue ValueOf(this IPropertySubject subject, PropertySource source, string property, QueryContext context) => source switch
    {
        PropertySource.Event => subject.OfEvent(property),
        PropertySource.User => subject.OfUser(property),
        _ => Expression.Of(source, property, context.Lexicon)?.Evaluate(subject, context) ?? PropertyValue.Null,
    };
}
