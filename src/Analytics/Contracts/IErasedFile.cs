namespace Rondo.Analytics.Contracts;

/// <summary>A file in which rows of people are deleted, and which must be written anew before their bytes are gone as well.</summary>
public interface IErasedFile
{
    /// <summary>Whether erased people may still be in it, byte for byte.</summary>
    bool HoldsRemnants { get; }

    /// <summary>Writes it anew; see <see cref="Remnants.Remove"/>.</summary>
    /// <param name="cancellationToken">Ends the waiting for a turn; what was begun is completed.</param>
    /// <exception cref="Rondo.Model.Stores.StoreUnavailableException">The disk refused; may be repeated.</exception>
    Task RemoveRemnantsAsync(CancellationToken cancellationToken);
}
