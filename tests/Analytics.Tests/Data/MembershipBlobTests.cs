using CsCheck;
using Rondo.Analytics.Data;
using Rondo.Model.Stores;

namespace Rondo.Analytics.Tests.Data;

public sealed class MembershipBlobTests
{
    [Fact]
    public void Every_set_reads_as_it_was_written() =>
        Gen.Int[0, 5000].Array[0, 200].Sample(numbers =>
        {
            var set = PersonSet.Of(numbers.Select(number => new PersonNumber(number)));
            return MembershipBlob.Read(MembershipBlob.Write(set)).Equals(set);
        });

    [Fact]
    public void The_bytes_on_disk_stay_as_they_are()
    {
        var blob = MembershipBlob.Write(PersonSet.Of([new PersonNumber(0), new PersonNumber(9), new PersonNumber(64)]));
        Convert.ToHexString(blob).ShouldBe("0101020000000000000100000000000000");
        Convert.ToHexString(MembershipBlob.Write(PersonSet.Empty)).ShouldBe("01");
    }

    [Theory]
    [InlineData("")]
    [InlineData("02")]
    [InlineData("010102")]
    public void Another_format_is_refused(string hexadecimal) =>
        Should.Throw<InvalidDataException>(() => MembershipBlob.Read(Convert.FromHexString(hexadecimal)));
}
