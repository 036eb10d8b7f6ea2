#include <dlib/image_transforms/fhog.h>
#include <dlib/array2d.h>
#include <cstdio>
#include <cstdlib>
#include <vector>
// Felzenszwalb HoG by dlib, for make_hog_reference.py.
// usage: fhog_of_dlib rows columns channels cell < pixels > values (rows, columns, 31) float32
int main(int argc, char** argv) {
  long rows = atol(argv[1]), columns = atol(argv[2]), channels = atol(argv[3]), cell = atol(argv[4]);
  std::vector<unsigned char> pixels(rows * columns * channels);
  if (fread(pixels.data(), 1, pixels.size(), stdin) != pixels.size()) return 1;
  dlib::array2d<dlib::matrix<float, 31, 1>> values;
  const unsigned char* p = pixels.data();
  if (channels == 1) {
    dlib::array2d<unsigned char> image(rows, columns);
    for (long r = 0; r < rows; ++r) for (long c = 0; c < columns; ++c) image[r][c] = *p++;
    dlib::extract_fhog_features(image, values, cell);
  } else {
    dlib::array2d<dlib::rgb_pixel> image(rows, columns);
    for (long r = 0; r < rows; ++r) for (long c = 0; c < columns; ++c, p += 3) image[r][c] = dlib::rgb_pixel(p[0], p[1], p[2]);
    dlib::extract_fhog_features(image, values, cell);
  }
  for (long r = 0; r < values.nr(); ++r) for (long c = 0; c < values.nc(); ++c) fwrite(&values[r][c](0), 4, 31, stdout);
}
