// Threads, instruction set, memory, and how errors become Python's.
#include "bindings/array.h"
#include "bindings/bindings.h"
#include "kernels/kept.h"
#include "kernels/kernels.h"
#include "kernels/memory.h"
#include "kernels/parallel.h"

namespace vitral {
namespace {

// A block of the pool, from which Python makes arrays by the buffer protocol; it goes back with the last of them.
struct Block {
  explicit Block(std::size_t bytes) : bytes(bytes), data(take(bytes)) {}
  ~Block() { give_back(data, bytes); }
  Block(const Block&) = delete;
  std::size_t bytes;
  void* data;
};

int get_buffer(PyObject* self, Py_buffer* view, int flags) {
  const Block* block = nb::inst_ptr<Block>(nb::handle(self));
  return PyBuffer_FillInfo(view, self, block->data, static_cast<Py_ssize_t>(block->bytes), 0, flags);
}

// An array of NumPy's with unspecified content, in a block of the pool.
nb::object empty(const nb::handle& array_type, const nb::handle& shape, const nb::handle& dtype) {
  static const nb::handle itemsize = PyUnicode_InternFromString("itemsize");
  std::size_t bytes = nb::cast<std::size_t>(dtype.attr(itemsize));
  for (std::size_t i = 0, axes = nb::len(shape); i < axes; ++i) bytes *= nb::cast<std::size_t>(shape[i]);
  return array_type(shape, dtype, nb::cast(new Block(bytes), nb::rv_policy::take_ownership));
}

PyType_Slot block_slots[] = {{Py_bf_getbuffer, reinterpret_cast<void*>(get_buffer)}, {0, nullptr}};

}  // namespace

void bind_runtime(nb::module_& module) {
  nb::register_exception_translator([](const std::exception_ptr& pointer, void*) {
    try {
      std::rethrow_exception(pointer);
    } catch (const ShapeError& error) {
      PyErr_SetString(nb::module_::import_("vitral.errors").attr("ShapeError").ptr(), error.what());
    }
  });

  nb::class_<Block>(module, "Block", nb::type_slots(block_slots));
  const nb::object numpy = nb::module_::import_("numpy");
  module.def(
      "empty",
      [array_type = nb::object(numpy.attr("ndarray"))](nb::handle shape, nb::handle dtype) {
        return empty(array_type, shape, dtype);
      },
      nb::arg("shape"), nb::arg("dtype") = numpy.attr("dtype")("float32"));
  module.def("clear_cache", [] {
    Kept::forget_all();
    clear_cache();
  });
  module.def("memory_use", [] {
    const MemoryUse use = memory_use();
    return nb::make_tuple(use.in_use, use.cached, use.allocations);
  });

  module.def("set_threads", &set_threads);
  module.def("threads", &threads);

  module.def("choose_instruction_set", &choose_instruction_set);
  module.def("instruction_set", [] { return kernels().instruction_set; });
}

}  // namespace vitral
