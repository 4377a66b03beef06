using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Rondo.Analytics.Data.Migrations
{
    /// <inheritdoc />
    public partial class LiveMemberships : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<long>(
                name: "ComparedAt",
                table: "Memberships",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "ExcessCount",
                table: "Memberships",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<int>(
                name: "MissingCount",
                table: "Memberships",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<byte[]>(
                name: "Since",
                table: "Memberships",
                type: "BLOB",
                nullable: false,
                defaultValue: new byte[0]);

            migrationBuilder.AddColumn<long>(
                name: "Version",
                table: "Memberships",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.CreateTable(
                name: "MembershipChanges",
                columns: table => new
                {
                    Version = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    ProjectId = table.Column<int>(type: "INTEGER", nullable: false),
                    CohortId = table.Column<int>(type: "INTEGER", nullable: false),
                    At = table.Column<long>(type: "INTEGER", nullable: false),
                    Entered = table.Column<byte[]>(type: "BLOB", nullable: false),
                    Left = table.Column<byte[]>(type: "BLOB", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_MembershipChanges", x => x.Version);
                    table.ForeignKey(
                        name: "FK_MembershipChanges_Cohorts_CohortId",
                        column: x => x.CohortId,
                        principalTable: "Cohorts",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "MembershipHorizons",
                columns: table => new
                {
                    ProjectId = table.Column<int>(type: "INTEGER", nullable: false),
                    Version = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_MembershipHorizons", x => x.ProjectId);
                    table.ForeignKey(
                        name: "FK_MembershipHorizons_Projects_ProjectId",
                        column: x => x.ProjectId,
                        principalTable: "Projects",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "IX_MembershipChanges_CohortId_Version",
                table: "MembershipChanges",
                columns: new[] { "CohortId", "Version" });

            migrationBuilder.CreateIndex(
                name: "IX_MembershipChanges_ProjectId_Version",
                table: "MembershipChanges",
                columns: new[] { "ProjectId", "Version" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "MembershipChanges");

            migrationBuilder.DropTable(
                name: "MembershipHorizons");

            migrationBuilder.DropColumn(
                name: "ComparedAt",
                table: "Memberships");

            migrationBuilder.DropColumn(
                name: "ExcessCount",
                table: "Memberships");

            migrationBuilder.DropColumn(
                name: "MissingCount",
                table: "Memberships");

            migrationBuilder.DropColumn(
                name: "Since",
                table: "Memberships");

            migrationBuilder.DropColumn(
                name: "Version",
                table: "Memberships");
        }
    }
}
