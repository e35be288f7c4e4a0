package people

import (
	"io"

	"nhaso/models/sheet"
)

// WriteRosterTemplate writes the workbook that a school fills in: Vietnamese
// headings that the import knows, two example rows that it recognises by their
// codes and passes over, cells formatted as text, and a sheet that explains.
func WriteRosterTemplate(w io.Writer) error { return sheet.WriteTemplate(w, rosterTemplate) }

var rosterTemplate = sheet.Template{
	Name: "Danh sách",
	Columns: []sheet.TemplateColumn{
		{Heading: "Mã định danh Bộ GD&ĐT", Width: 24, Help: "Mã học sinh trên cơ sở dữ liệu ngành, viết đủ mọi chữ số."},
		{Heading: "Họ và tên", Width: 30, Help: "Viết đủ họ, tên đệm và tên, có dấu."},
		{Heading: "Ngày sinh", Width: 14, Help: "ngày/tháng/năm, ví dụ 05/09/2014"},
		{Heading: "Giới tính", Width: 12, Choices: []string{"Nam", "Nữ"}, Help: "Nam hoặc Nữ; để trống cũng được."},
		{Heading: "Lớp", Width: 10, Help: "Ví dụ 6A1. Lớp chưa có sẽ được tạo."},
		{Heading: "Mã học sinh", Width: 16, Help: "Mã riêng của trường; để trống cũng được."},
		{Heading: "Trạng thái", Width: 18, Choices: []string{"Đang học", "Chuyển đi", "Thôi học", "Tốt nghiệp"}, Help: "Để trống là đang học."},
	},
	Examples: [][]string{
		{examplePrefix + "-0001", "Nguyễn Thị Mẫu", "05/09/2014", "Nữ", "6A1", "HS001", "Đang học"},
		{examplePrefix + "-0002", "Trần Văn Mẫu", "31/01/2014", "Nam", "6A1", "", ""},
	},
	Empty: 300,
	Guide: "Hướng dẫn",
	Steps: []string{
		"Cách điền danh sách học sinh",
		"1. Điền vào trang “Danh sách”, mỗi học sinh một dòng. Ba cột đầu phải có; cột Lớp phải có nếu danh sách gồm nhiều lớp.",
		"2. Hai dòng mẫu có mã bắt đầu bằng " + examplePrefix + " được bỏ qua khi nhập. Xóa hay để lại đều được.",
		"3. Mọi ô đã ở dạng chữ, để Excel không đổi mã thành số và không đảo ngày tháng. Khi dán từ tệp khác, chọn “Dán giá trị”.",
		"4. Nhà Số chỉ giữ: mã định danh, họ tên, ngày sinh, giới tính, lớp, mã học sinh của trường. Dân tộc, sức khoẻ, số căn cước, địa chỉ, số điện thoại và tên cha mẹ không được giữ, kể cả khi có trong tệp.",
		"5. Học sinh chuyển đi hay thôi học: ghi vào cột Trạng thái. Bài đã làm của em vẫn còn.",
		"6. Nhập lại cùng một tệp không làm thay đổi gì. Nhập nhầm thì hoàn tác được trong 24 giờ.",
		"Cũng nhận tệp Excel hay CSV do phần mềm của trường xuất ra, không cần chép sang mẫu này.",
	},
}
