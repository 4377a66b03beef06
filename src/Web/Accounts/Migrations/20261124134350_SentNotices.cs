using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Rondo.Web.Accounts.Migrations;

/// <inheritdoc />
public partial class SentNotices : Migration
{
    /// <inheritdoc />
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.CreateTable(
            name: "SentNotices",
            columns: table => new
            {
                Notice = table.Column<string>(type: "TEXT", nullable: false),
                AccountId = table.Column<string>(type: "TEXT", nullable: false),
                At = table.Column<long>(type: "INTEGER", nullable: false)
            },
            constraints: table =>
            {
                table.PrimaryKey("PK_SentNotices", x => new { x.Notice, x.AccountId });
                table.ForeignKey(
                    name: "FK_SentNotices_AspNetUsers_AccountId",
                    column: x => x.AccountId,
                    principalTable: "AspNetUsers",
                    principalColumn: "Id",
                    onDelete: ReferentialAction.Cascade);
            });

        migrationBuilder.CreateIndex(
            name: "IX_SentNotices_AccountId",
            table: "SentNotices",
            column: "AccountId");
    }

    /// <inheritdoc />
    protected override void Down(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.DropTable(
            name: "SentNotices");
    }
}
