using Rondo.Model.Stores;
using Rondo.Server.Backups;

namespace Rondo.HttpApi.Tests.CommandLine;

/// <summary>A backup must be restored by every later program: this text may get more entries, never other ones.</summary>
public sealed class BackupManifestTests
{
    private const string ManifestOfFormat1 =
        """
        {
          "format": 1,
          "createdAt": "2026-01-02T03:04:05+00:00",
          "projects": [
            {
              "id": 7,
              "name": "Shop",
              "position": 42
            }
          ],
          "files": [
            {
              "path": "events/7/store.db",
              "length": 5,
              "checksum": "9555e8555c62dcfd"
            }
          ]
        }
        """;

    [Fact]
    public void A_manifest_of_format_1_reads_as_it_was_written_and_is_written_the_same()
    {
        var directory = Directory.CreateTempSubdirectory("rondo-manifest-").FullName;
        try
        {
            var store = Path.Combine(directory, "events", "7", "store.db");
            Directory.CreateDirectory(Path.GetDirectoryName(store)!);
            File.WriteAllText(store, "hello");
            var written = BackupManifest.Of(directory, new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero), [new ProjectBackup(7, "Shop", 42)]);
            written.ToJson().ReplaceLineEndings().ShouldBe(ManifestOfFormat1.ReplaceLineEndings());

            File.WriteAllText(Path.Combine(directory, BackupManifest.FileName), ManifestOfFormat1);
            var read = BackupManifest.Read(directory)!;
            (read.Format, read.CreatedAt).ShouldBe((BackupManifest.CurrentFormat, written.CreatedAt));
            read.Projects.ShouldBe(written.Projects);
            read.Files.ShouldBe(written.Files);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }
}
